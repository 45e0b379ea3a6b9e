import { Hono } from 'hono'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { Chat } from '../../chat/chat.ts'
import { countUsage } from '../../chat/count-usage.ts'
import { eventResponse } from '../../chat/event-bytes.ts'
import { messageEvents } from '../../chat/messages/events.ts'
import { emptyMessage, messageUsage, stopReason } from '../../chat/messages/message.ts'
import { type MessagesRequest, messagesRequest, toChat } from '../../chat/messages/request.ts'
import { toolUse } from '../../chat/messages/tools.ts'
import { readWhole } from '../../chat/read-whole.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

/** `POST /v1/messages`: Anthropic's Messages API over a chat completion. */
export function messageRoutes(chat: Chat) {
  return new Hono<Edge>().post('/', async (c) => {
    const request = parseWith(messagesRequest, await readJson(c))
    const reply = await chat(toChat(request), {
      call: c.get('call'),
      trace: c.get('trace'),
      signal: c.req.raw.signal,
    })
    const answer = await asMessage(reply, request)
    answer.headers.set('x-request-id', c.get('requestId'))
    answer.headers.set('request-id', c.get('requestId'))
    return answer
  })
}

async function asMessage(reply: Response, request: MessagesRequest): Promise<Response> {
  if (!reply.ok) return reply
  const id = `msg_${crypto.randomUUID().replaceAll('-', '')}`
  const isStream = reply.headers.get('content-type')?.startsWith('text/event-stream')
  if (isStream && reply.body) return eventResponse(messageEvents(id, request, reply.body))
  const whole = await readWhole(reply)
  const [choice] = whole.choices
  const { content, refusal, tool_calls: calls } = choice.message
  const text = content || refusal || ''
  const { plumbline } = whole
  return Response.json({
    ...emptyMessage(id, whole.model),
    content: [
      ...(text === '' && calls.length > 0 ? [] : [{ type: 'text', text }]),
      ...calls.flatMap((call) => toolUse(call, choice.finish_reason === 'length')),
    ],
    ...stopReason(choice, request.stop_sequences ?? [], calls.length > 0),
    usage: messageUsage(countUsage(whole)),
    ...(plumbline !== undefined && { plumbline }),
  })
}
