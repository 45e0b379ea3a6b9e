import { serve } from '@hono/node-server'
import { openServerOrExit } from './server.ts'

const server = openServerOrExit()
const listener = serve(server, ({ address, port }) =>
  console.log(`Plumbline listens on http://${address}:${port}`),
)

listener.on('error', (error) => {
  console.error(`Plumbline can't listen: ${error.message}. Set PLUMBLINE_PORT to a free port.`)
  process.exitCode = 1
  server.close()
})

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    listener.close(() => server.close())
    if ('closeIdleConnections' in listener) listener.closeIdleConnections()
  })
}
