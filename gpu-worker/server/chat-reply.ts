import type { TokenCount } from '../../shared/model/language-model.ts'
import type { GeneratedToken, TokenLogprob } from '../generate/engine.ts'

/** What all parts of one completion share. */
export type CompletionHead = { id: string; created: number; model: string }

type Logprobs = { content: unknown[]; refusal: null } | null

/** A whole completion, in the strict OpenAI shape. */
export function completion(
  head: CompletionHead,
  content: string,
  finish: 'stop' | 'length',
  logprobs: GeneratedToken[] | null,
  tokens: TokenCount,
) {
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content, refusal: null },
        logprobs: showLogprobs(logprobs),
        finish_reason: finish,
      },
    ],
    usage: showUsage(tokens),
  }
}

/** One piece of a streamed completion. */
export function chunk(
  head: CompletionHead,
  delta: { role?: 'assistant'; content?: string },
  finish: 'stop' | 'length' | null,
  logprobs: GeneratedToken[] | null,
) {
  const choice = { index: 0, delta, logprobs: showLogprobs(logprobs), finish_reason: finish }
  return { ...head, object: 'chat.completion.chunk', choices: [choice] }
}

/** The last piece of a stream whose caller asked for usage: no choices. */
export function usageChunk(head: CompletionHead, tokens: TokenCount) {
  return { ...head, object: 'chat.completion.chunk', choices: [], usage: showUsage(tokens) }
}

function showUsage({ prompt, completion, cached }: TokenCount) {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  }
}

function showLogprobs(tokens: GeneratedToken[] | null): Logprobs {
  if (tokens === null) return null
  const content = tokens.map((token) => ({ ...showToken(token), top_logprobs: token.top.map(showToken) }))
  return { content, refusal: null }
}

function showToken({ text, bytes, logprob }: TokenLogprob) {
  return { token: text, logprob, bytes }
}
