import { openServerOrExit } from './server.ts'
import { exitWhenQuiet } from './signals.ts'

/** Bun serves what its entry file exports: `bun api/platform/server/bun.ts`. */
const server = openServerOrExit()
exitWhenQuiet(server)

export default {
  fetch: (request: Request) => server.fetch(request),
  hostname: server.hostname,
  port: server.port,
  idleTimeout: 0,
}
