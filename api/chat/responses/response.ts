import type { TokenCount } from '../../../shared/model/language-model.ts'
import type { Logprobs } from '../completion.ts'
import type { FunctionCall } from '../function-call.ts'
import type { ResponsesRequest } from './request.ts'
import { shownTools } from './tools.ts'

/** What a finished answer says. */
export type Said = {
  model: string
  text: string
  refusal: string | null
  logprobs: Logprobs
  /** OpenAI's finish reason. */
  finish: string
  tokens: TokenCount
  plumbline: unknown
  calls: FunctionCall[]
}

/** What all states of one response share; `made` is the part of their ids that its items have in common. */
export type ResponseHead = { made: string; created: number; request: ResponsesRequest }

/**
 * A response before anything was said, with every field that strict readers of OpenAI's `Response` demand. Nothing
 * is kept of it: `store` is false.
 */
export function begunResponse({ made, created, request }: ResponseHead, model: string) {
  const { instructions, max_output_tokens, metadata, temperature, text, top_p, top_logprobs, user } = request
  return {
    id: `resp_${made}`,
    object: 'response',
    created_at: created,
    status: 'in_progress',
    background: false,
    error: null,
    incomplete_details: null,
    instructions: instructions ?? null,
    max_output_tokens: max_output_tokens ?? null,
    metadata: metadata ?? {},
    model,
    output: [],
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: temperature ?? null,
    text: { format: text?.format ?? { type: 'text' } },
    ...shownTools(request),
    top_logprobs: top_logprobs ?? 0,
    top_p: top_p ?? null,
    truncation: 'disabled',
    usage: null,
    user: user ?? null,
  }
}

/** The same when all is said, with the items that it put out. Cut off by a limit or a filter it is `incomplete`. */
export function finishedResponse(head: ResponseHead, said: Said, output: object[] = outputItems(head, said)) {
  const { model, finish, tokens, plumbline } = said
  const reason = INCOMPLETE[finish]
  return {
    ...begunResponse(head, model),
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    output,
    usage: {
      input_tokens: tokens.prompt,
      input_tokens_details: { cached_tokens: tokens.cached, cache_write_tokens: 0 },
      output_tokens: tokens.completion,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: tokens.prompt + tokens.completion,
    },
    ...(plumbline !== undefined && { plumbline }),
  }
}

const INCOMPLETE: { readonly [finish: string]: string } = {
  length: 'max_output_tokens',
  content_filter: 'content_filter',
}

/** The message that was said, if any was or nothing else is there, then the calls of functions. */
function outputItems(head: ResponseHead, said: Said): object[] {
  const calls = said.calls.map((call, at) => outputCall(head, said, call, at))
  const spoken = said.text !== '' || said.refusal !== null
  return spoken || calls.length === 0 ? [outputMessage(head, said), ...calls] : calls
}

/** The ids of a response's items; `at` is a call's place among the calls. */
export const messageId = ({ made }: ResponseHead) => `msg_${made}`
export const callItemId = ({ made }: ResponseHead, at: number) => `fc_${made}_${at}`

const statusOf = ({ finish }: Said) => (INCOMPLETE[finish] === undefined ? 'completed' : 'incomplete')

/** The message that a response holds. */
export function outputMessage(head: ResponseHead, said: Said) {
  const content = [contentPart(said)]
  return { id: messageId(head), type: 'message', status: statusOf(said), role: 'assistant', content }
}

/** A call of a function as an item. What was cut off is `incomplete`. */
export function outputCall(head: ResponseHead, said: Said, call: FunctionCall, at: number) {
  const { id: call_id, name } = call
  const told = { call_id, name, arguments: call.arguments }
  return { id: callItemId(head, at), type: 'function_call', ...told, status: statusOf(said) }
}

/** Its one part: the text, or what the model refused with. */
export function contentPart({ text, refusal, logprobs }: Pick<Said, 'text' | 'refusal' | 'logprobs'>) {
  if (refusal !== null && text === '') return { type: 'refusal', refusal }
  return { type: 'output_text', text, annotations: [], logprobs: shownLogprobs(logprobs) }
}

/** Log-probabilities as this API has them: `bytes` and the alternatives are always there. */
export function shownLogprobs(logprobs: Logprobs) {
  const show = ({ token, logprob, bytes }: Pick<Logprobs[number], 'token' | 'logprob' | 'bytes'>) => ({
    token,
    logprob,
    bytes: bytes ?? [],
  })
  return logprobs.map((one) => ({ ...show(one), top_logprobs: (one.top_logprobs ?? []).map(show) }))
}
