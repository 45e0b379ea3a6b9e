import { Hono } from 'hono'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { Chat } from '../../chat/chat.ts'
import { countUsage } from '../../chat/count-usage.ts'
import { eventResponse } from '../../chat/event-bytes.ts'
import { readWhole } from '../../chat/read-whole.ts'
import { responseEvents } from '../../chat/responses/events.ts'
import { responsesRequest, toChat } from '../../chat/responses/request.ts'
import { finishedResponse, type ResponseHead } from '../../chat/responses/response.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

/** `POST /v1/responses`: OpenAI's Responses API over a chat completion. Nothing is kept between calls. */
export function responseRoutes(chat: Chat) {
  return new Hono<Edge>().post('/', async (c) => {
    const request = parseWith(responsesRequest, await readJson(c))
    const reply = await chat(toChat(request), {
      call: c.get('call'),
      trace: c.get('trace'),
      signal: c.req.raw.signal,
    })
    const made = crypto.randomUUID().replaceAll('-', '')
    const head: ResponseHead = {
      made,
      created: Math.floor(Date.now() / 1000),
      request,
    }
    const answer = await asResponse(reply, head)
    answer.headers.set('x-request-id', c.get('requestId'))
    return answer
  })
}

async function asResponse(reply: Response, head: ResponseHead): Promise<Response> {
  if (!reply.ok) return reply
  const isStream = reply.headers.get('content-type')?.startsWith('text/event-stream')
  if (isStream && reply.body) return eventResponse(responseEvents(head, reply.body))
  const whole = await readWhole(reply)
  const [{ message, finish_reason, logprobs }] = whole.choices
  const response = finishedResponse(head, {
    model: whole.model,
    text: message.content ?? '',
    refusal: message.refusal ?? null,
    calls: message.tool_calls,
    logprobs: logprobs?.content ?? [],
    finish: finish_reason ?? 'stop',
    tokens: countUsage(whole),
    plumbline: whole.plumbline,
  })
  return Response.json(response)
}
