import type { TokenCount } from '../../../shared/model/language-model.ts'
import type { Logprobs } from '../completion.ts'
import { countUsage } from '../count-usage.ts'
import type { ServerEvent } from '../event-bytes.ts'
import { GrowingCalls } from '../function-call.ts'
import { readChunks } from '../read-chunks.ts'
import { begunResponse, finishedResponse, type ResponseHead, type Said, shownLogprobs } from './response.ts'
import { StreamedItems } from './streamed-items.ts'

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
  const begun = begunResponse(head, head.request.model ?? '')
  yield event('response.created', { response: begun })
  yield event('response.in_progress', { response: begun })

  const said: Said = { ...NOTHING, model: head.request.model ?? '', logprobs: [], calls: [] }
  const items = new StreamedItems(head, said, event)
  const growing = new GrowingCalls()
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
      yield* items.speak('response.refusal.delta', { delta: refusal })
    }
    if (content) {
      said.text += content
      said.logprobs.push(...logprobs)
      yield* items.speak('response.output_text.delta', { delta: content, logprobs: shownLogprobs(logprobs) })
    }
    for (const piece of choice.delta?.tool_calls ?? []) {
      const call = growing.add(piece)
      if (!call) continue
      if (!said.calls.includes(call)) said.calls.push(call)
      yield* items.call(call, piece.function?.arguments ?? '')
    }
    if (choice.finish_reason) said.finish = choice.finish_reason
  }
  yield* items.end()
  const response = finishedResponse(head, said, items.shown())
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
  calls: [],
}

function asError(error: unknown): { code: string; message: string } {
  const message =
    typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error)
  return { code: 'server_error', message }
}
