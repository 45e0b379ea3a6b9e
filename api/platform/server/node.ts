import { serve } from '@hono/node-server'
import { openServer } from './server.ts'

const server = openServer(process.env)
const listener = serve(server, ({ address, port }) =>
  console.log(`Plumbline listens on http://${address}:${port}`),
)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    listener.close(() => server.close())
    if ('closeIdleConnections' in listener) listener.closeIdleConnections()
  })
}
