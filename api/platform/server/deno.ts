import { openServerOrExit } from './server.ts'

/** Deno serves what its entry file exports: `deno serve -A --host H --port P api/platform/server/deno.ts`. */
const server = openServerOrExit()

export default { fetch: server.fetch }
