import type { TokenCount } from '../../../shared/model/language-model.ts'
import type { Logprobs } from '../completion.ts'
import type { ResponsesRequest } from './request.ts'

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
}

/** What all states of one response share. */
export type ResponseHead = { id: string; message: string; created: number; request: ResponsesRequest }

/**
 * A response before anything was said, with every field that strict readers of OpenAI's `Response` demand. Nothing
 * is kept of it: `store` is false.
 */
export function begunResponse({ id, created, request }: ResponseHead, model: string) {
  const { instructions, max_output_tokens, metadata, temperature, text, top_p, top_logprobs, user } = request
  return {
    id,
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
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    store: false,
    temperature: temperature ?? null,
    text: { format: text?.format ?? { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: top_logprobs ?? 0,
    top_p: top_p ?? null,
    truncation: 'disabled',
    usage: null,
    user: user ?? null,
  }
}

/** The same when all is said. Cut off by a limit or a filter it is `incomplete`. */
export function finishedResponse(head: ResponseHead, said: Said) {
  const { model, finish, tokens, plumbline } = said
  const reason = INCOMPLETE[finish]
  return {
    ...begunResponse(head, model),
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    output: [outputMessage(head.message, said)],
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

/** The message that a response holds. */
export function outputMessage(id: string, said: Said) {
  const status = INCOMPLETE[said.finish] === undefined ? 'completed' : 'incomplete'
  return { id, type: 'message', status, role: 'assistant', content: [contentPart(said)] }
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
