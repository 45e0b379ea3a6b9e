import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import * as z from 'zod'
import { parseJudgmentRequest } from '../../../shared/protocol/judgment-request.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { refuseUntried } from '../../../shared/protocol/untried.ts'
import type { Counter } from '../../judging/counter.ts'
import type { Edge } from '../../middleware/edge.ts'
import { LIMITS } from '../../platform/limits.ts'
import { parseJson, readText } from '../body.ts'
import { pageLimit } from '../page-limit.ts'

export const listQuery = z.strictObject({
  limit: pageLimit,
  before: z.string().optional().describe('The id of a judgment: the page begins with the next older one.'),
})

/** `POST /v1/judgments`, `GET /v1/judgments`, `GET /v1/judgments/{id}`. */
export function judgmentRoutes(counter: Counter) {
  const routes = new Hono<Edge>()

  routes.post('/', async (c) => {
    const call = c.get('call')
    const body = await readText(c)
    const again = await counter.again(body, call)
    if (again) return c.json(again)
    const request = parseJudgmentRequest(parseJson(body))
    if (!request.stream) {
      const judgment = await counter.judge(request, call, body)
      refuseUntried([judgment])
      return c.json(judgment)
    }
    const events = await counter.watch(request, call)
    return streamSSE(c, async (stream) => {
      const pulse = setInterval(() => void stream.write(': still judging\n\n'), LIMITS.streamPulseMs)
      const reader = events.getReader()
      stream.onAbort(() => void reader.cancel())
      try {
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          const { event, data } = next.value
          await stream.writeSSE({ event, data: JSON.stringify(data) })
        }
      } finally {
        clearInterval(pulse)
      }
    })
  })

  routes.get('/', async (c) => {
    const { limit, before } = parseWith(listQuery, c.req.query())
    return c.json(await counter.list(c.get('call').organisation, before ?? null, limit))
  })

  routes.get('/:id', async (c) => c.json(await counter.read(c.get('call').organisation, c.req.param('id'))))

  return routes
}
