import { Hono } from 'hono'
import type { Chat } from '../../chat/chat.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

/** `POST /v1/chat/completions`: by the model entry, alias or judge that `model` names. */
export function chatCompletionRoutes(chat: Chat) {
  return new Hono<Edge>().post('/', async (c) => {
    const reply = await chat(await readJson(c), {
      call: c.get('call'),
      trace: c.get('trace'),
      signal: c.req.raw.signal,
    })
    reply.headers.set('x-request-id', c.get('requestId'))
    return reply
  })
}
