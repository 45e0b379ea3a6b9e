import { Hono } from 'hono'
import { pairRequest } from '../../shared/protocol/judgment.ts'

/** What a cached judgment is measured beside: read the body, validate it by the same schema, answer the same bytes. */
export function plainApp(reply: string): Hono {
  const app = new Hono()
  app.post('/v1/judgments', async (c) => {
    pairRequest.parse(await c.req.json())
    return c.body(reply, 200, { 'content-type': 'application/json' })
  })
  return app
}
