import { countUsage } from '../count-usage.ts'
import type { ServerEvent } from '../event-bytes.ts'
import { GrowingCalls } from '../function-call.ts'
import { readChunks } from '../read-chunks.ts'
import { Blocks } from './blocks.ts'
import { emptyMessage, messageUsage, stopReason } from './message.ts'
import type { MessagesRequest } from './request.ts'

const event = (type: string, fields: object): ServerEvent => ({ name: type, data: { type, ...fields } })

/** The events of a streamed message, in Anthropic's order, from the events of a streamed completion. */
export async function* messageEvents(
  id: string,
  request: MessagesRequest,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent, void> {
  const begun = emptyMessage(id, request.model ?? '')
  const nothing = { prompt: 0, completion: 0, cached: 0 }
  yield event('message_start', { message: { ...begun, usage: messageUsage(nothing) } })
  const blocks = new Blocks()
  const calls = new GrowingCalls()
  let tokens = nothing
  let ending: Parameters<typeof stopReason>[0] = {}
  let called = false
  let told: unknown
  for await (const { choices, usage, error, plumbline } of readChunks(body)) {
    if (error !== undefined) {
      yield event('error', { error: { type: 'api_error', message: messageOf(error) } })
      return
    }
    if (usage) tokens = countUsage({ usage })
    if (plumbline !== undefined) told = plumbline
    const [choice] = choices ?? []
    const text = choice?.delta?.content || choice?.delta?.refusal
    if (text) yield* blocks.say('text', { type: 'text', text: '' }, { type: 'text_delta', text })
    for (const piece of choice?.delta?.tool_calls ?? []) {
      const call = calls.add(piece)
      if (!call) continue
      called = true
      const { id, name } = call
      const delta = { type: 'input_json_delta', partial_json: piece.function?.arguments ?? '' }
      yield* blocks.say(id, { type: 'tool_use', id, name, input: {} }, delta)
    }
    if (choice?.finish_reason) ending = choice
  }
  yield* blocks.end()
  const end = stopReason(ending, request.stop_sequences ?? [], called)
  const shown = told === undefined ? {} : { plumbline: told }
  yield event('message_delta', { delta: end, usage: messageUsage(tokens), ...shown })
  yield event('message_stop', {})
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error)
}
