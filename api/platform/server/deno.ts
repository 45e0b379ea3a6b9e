import { openServerOrExit } from './server.ts'
import { exitWhenQuiet } from './signals.ts'

/** Deno serves what its entry file exports: `deno serve -A --host H --port P api/platform/server/deno.ts`. */
const server = openServerOrExit()
exitWhenQuiet(server)

export default { fetch: (request: Request) => server.fetch(request) }
