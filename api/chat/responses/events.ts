import type { TokenCount } from '../../../shared/model/language-model.ts'
import type { Logprobs } from '../completion.ts'
import { countUsage } from '../count-usage.ts'
import type { ServerEvent } from '../event-bytes.ts'
import { readChunks } from '../read-chunks.ts'
import {
  begunResponse,
  contentPart,
  finishedResponse,
  outputMessage,
  type ResponseHead,
  type Said,
  shownLogprobs,
} from './response.ts'

/** The events of a streamed response, in OpenAI's order, from the events of a streamed completion. */
export async function* responseEvents(
  head: ResponseHead,
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerEvent, void> {
  let number = 0
  const event = (type: string, fields: object): ServerEvent => ({
    name: type,
    data: { type, sequence_number: number++, ...fields },
  })
  const place = { item_id: head.message, output_index: 0, content_index: 0 }
  const begun = begunResponse(head, head.request.model ?? '')
  yield event('response.created', { response: begun })
  yield event('response.in_progress', { response: begun })
  const item = { id: head.message, type: 'message', status: 'in_progress', role: 'assistant', content: [] }
  yield event('response.output_item.added', { output_index: 0, item })
  yield event('response.content_part.added', { ...place, part: contentPart(NOTHING) })

  const said: Said = { ...NOTHING, model: head.request.model ?? '', logprobs: [] }
  for await (const { choices, model, usage, error, plumbline } of readChunks(body)) {
    if (error !== undefined) {
      const failed = { ...begun, status: 'failed', error: asError(error) }
      yield event('response.failed', { response: failed })
      return
    }
    if (model !== undefined) said.model = model
    if (plumbline !== undefined) said.plumbline = plumbline
    if (usage) said.tokens = countUsage({ usage })
    const [choice] = choices ?? []
    if (!choice) continue
    const { content, refusal } = choice.delta ?? {}
    const logprobs: Logprobs = choice.logprobs?.content ?? []
    if (refusal) {
      said.refusal = (said.refusal ?? '') + refusal
      yield event('response.refusal.delta', { ...place, delta: refusal })
    }
    if (content) {
      said.text += content
      said.logprobs.push(...logprobs)
      const delta = { ...place, delta: content, logprobs: shownLogprobs(logprobs) }
      yield event('response.output_text.delta', delta)
    }
    if (choice.finish_reason) said.finish = choice.finish_reason
  }
  const part = contentPart(said)
  if (part.type === 'refusal') yield event('response.refusal.done', { ...place, refusal: said.refusal })
  else
    yield event('response.output_text.done', {
      ...place,
      text: said.text,
      logprobs: shownLogprobs(said.logprobs),
    })
  yield event('response.content_part.done', { ...place, part })
  yield event('response.output_item.done', { output_index: 0, item: outputMessage(head.message, said) })
  const response = finishedResponse(head, said)
  yield event(`response.${response.status}`, { response })
}

const NO_TOKENS: TokenCount = { prompt: 0, completion: 0, cached: 0 }
const NOTHING: Said = {
  model: '',
  text: '',
  refusal: null,
  logprobs: [],
  finish: 'stop',
  tokens: NO_TOKENS,
  plumbline: undefined,
}

function asError(error: unknown): { code: string; message: string } {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
  return { code: 'server_error', message }
}
