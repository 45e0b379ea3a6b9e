import { countUsage } from '../count-usage.ts'
import type { ServerEvent } from '../event-bytes.ts'
import { readChunks } from '../read-chunks.ts'
import { emptyMessage, messageUsage, stopReason } from './message.ts'
import type { MessagesRequest } from './request.ts'

/** The events of a streamed message, in Anthropic's order, from the events of a streamed completion. */
export async function* messageEvents(
  id: string,
  request: MessagesRequest,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent, void> {
  const event = (type: string, fields: object): ServerEvent => ({ name: type, data: { type, ...fields } })
  const begun = emptyMessage(id, request.model ?? '')
  const nothing = { prompt: 0, completion: 0, cached: 0 }
  yield event('message_start', { message: { ...begun, usage: messageUsage(nothing) } })
  yield event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } })
  let tokens = nothing
  let end = stopReason('stop', null, [])
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
    if (text) yield event('content_block_delta', { index: 0, delta: { type: 'text_delta', text } })
    if (choice?.finish_reason) {
      end = stopReason(choice.finish_reason, choice.stop_reason, request.stop_sequences ?? [])
    }
  }
  yield event('content_block_stop', { index: 0 })
  const shown = told === undefined ? {} : { plumbline: told }
  yield event('message_delta', { delta: end, usage: messageUsage(tokens), ...shown })
  yield event('message_stop', {})
}

function messageOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : String(error)
}
