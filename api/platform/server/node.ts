import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { withBodyOfGet } from './body-of-get.ts'
import { openServerOrExit } from './server.ts'
import { onStop } from './signals.ts'
import { refuseUnreadable } from './unreadable.ts'

/**
 * How long an idle connection is kept. Node's own 5 s are less than the clients of trainers keep theirs (aiohttp 15 s), so
 * that a call could be sent on a connection that had just been closed, and be lost.
 */
const IDLE_MS = 75_000

const server = openServerOrExit()
const answer = getRequestListener(withBodyOfGet(server.fetch), {
  hostname: server.hostname,
  errorHandler: refuseUnreadable,
})
const listener = createServer({ keepAliveTimeout: IDLE_MS }, answer)
listener.listen(server.port, server.hostname, () => {
  const bound = listener.address()
  const port = typeof bound === 'object' && bound ? bound.port : server.port
  console.log(`Plumbline listens on http://${server.hostname}:${port}`)
})

listener.on('error', (error) => {
  console.error(`Plumbline can't listen: ${error.message}. Set PLUMBLINE_PORT to a free port.`)
  process.exitCode = 1
  void server.close()
})

onStop(() => {
  listener.close(() => void server.close())
  listener.closeIdleConnections()
  // Those that are busy end with the answer that they wait for.
  listener.keepAliveTimeout = 1
})
