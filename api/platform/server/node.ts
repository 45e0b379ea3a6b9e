import { serve } from '@hono/node-server'
import { openServerOrExit } from './server.ts'

const server = openServerOrExit()
const listener = serve(server, ({ address, port }) =>
  console.log(`Plumbline listens on http://${address}:${port}`),
)

listener.on('error', (error) => {
  console.error(`Plumbline can't listen: ${error.message}. Set PLUMBLINE_PORT to a free port.`)
  process.exitCode = 1
  void server.close()
})

// The first signal lets calls and judgments come to their end; a second one does not wait.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    listener.close(() => void server.close())
    if ('closeIdleConnections' in listener) listener.closeIdleConnections()
  })
}
