import type { TokenCount } from '../../shared/model/language-model.ts'
import type { GeneratedToken, TokenLogprob } from '../generate/engine.ts'
import type { Finish, MessagePiece, WholeMessage } from './chat-message.ts'

/** What all parts of one completion share. */
export type CompletionHead = { id: string; created: number; model: string }

/** One whole choice; `logprobs` is null where they were not asked for. */
export type WholeChoice = { message: WholeMessage; finish: Finish; logprobs: GeneratedToken[] | null }

/** What a piece of a streamed choice adds to it. */
export type Delta = {
  index: number
  delta: MessagePiece
  finish?: Finish
  logprobs?: GeneratedToken[]
}

/** A whole completion, in the strict OpenAI shape. */
export function completion(head: CompletionHead, choices: WholeChoice[], tokens: TokenCount) {
  return {
    ...head,
    object: 'chat.completion',
    choices: choices.map(({ message, finish, logprobs }, index) => ({
      index,
      message,
      logprobs: showLogprobs(logprobs),
      finish_reason: finish,
    })),
    usage: showUsage(tokens),
  }
}

/** One piece of a streamed completion. Where usage was asked for, all pieces but the last say that they have none. */
export function chunk(
  head: CompletionHead,
  { index, delta, finish, logprobs }: Delta,
  includeUsage: boolean,
) {
  const choice = {
    index,
    delta,
    logprobs: showLogprobs(logprobs ?? null),
    finish_reason: finish ?? null,
  }
  return {
    ...head,
    object: 'chat.completion.chunk',
    choices: [choice],
    ...(includeUsage && { usage: null }),
  }
}

/** The last piece of a stream whose caller asked for usage: no choices. */
export function usageChunk(head: CompletionHead, tokens: TokenCount) {
  return { ...head, object: 'chat.completion.chunk', choices: [], usage: showUsage(tokens) }
}

/** What several choices took: the prompt that they share counts once, as computed for the first of them. */
export function sumTokens(counts: readonly TokenCount[]): TokenCount {
  return {
    prompt: counts[0]?.prompt ?? 0,
    cached: Math.min(...counts.map(({ cached }) => cached)),
    completion: counts.reduce((sum, { completion }) => sum + completion, 0),
  }
}

function showUsage({ prompt, completion, cached }: TokenCount) {
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached },
  }
}

function showLogprobs(tokens: GeneratedToken[] | null) {
  if (tokens === null) return null
  const content = tokens.map((token) => ({ ...showToken(token), top_logprobs: token.top.map(showToken) }))
  return { content, refusal: null }
}

function showToken({ text, bytes, logprob }: TokenLogprob) {
  return { token: text, logprob, bytes }
}
