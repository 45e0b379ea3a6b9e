import { openServerOrExit } from './server.ts'

/** Bun serves what its entry file exports: `bun api/platform/server/bun.ts`. */
const server = openServerOrExit()

export default { fetch: server.fetch, hostname: server.hostname, port: server.port, idleTimeout: 0 }
