import { serve } from '@hono/node-server'
import { withBodyOfGet } from './body-of-get.ts'
import { openServerOrExit } from './server.ts'
import { onStop } from './signals.ts'

const server = openServerOrExit()
const listener = serve({ ...server, fetch: withBodyOfGet(server.fetch) }, ({ address, port }) =>
  console.log(`Plumbline listens on http://${address}:${port}`),
)

listener.on('error', (error) => {
  console.error(`Plumbline can't listen: ${error.message}. Set PLUMBLINE_PORT to a free port.`)
  process.exitCode = 1
  void server.close()
})

onStop(() => {
  listener.close(() => void server.close())
  if ('closeIdleConnections' in listener) listener.closeIdleConnections()
})
