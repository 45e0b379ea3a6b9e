import pLimit from 'p-limit'
import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { Instantiation, VerdictMethod } from '../protocol/model-entry.ts'
import type { Spent } from './evidence.ts'

/** Tokens of one model call. `cached` is the part of `prompt` that was not computed again. */
export type TokenCount = { prompt: number; completion: number; cached: number }

export type JsonSchema = { readonly [key: string]: unknown }

export type GenerateOptions = {
  /** The reply must be JSON of this schema. `name` is what OpenAI-compatible servers want beside it. */
  schema?: { name: string; schema: JsonSchema }
  /** Default 0. */
  temperature?: number
  seed?: number
  /** Default 4096. */
  maxTokens?: number
  signal?: AbortSignal
}

/** `finish: "length"` means that the text is cut off: an error to whoever reads it, never a score. */
export type Generation = { text: string; finish: 'stop' | 'length'; tokens: TokenCount }

export type ChooseOptions = { signal?: AbortSignal }

/** `probabilities[i]` belongs to `choices[i]`; they sum to 1 over the choices. */
export type Choice = { probabilities: number[]; tokens: TokenCount }

/**
 * The one port to a model. Judges are written against it alone, so the same judge runs at the edge with a
 * hosted model and in the worker next to the weights.
 *
 * Both calls throw `PlumblineError` with one of the codes `model_unreachable`, `model_timeout`,
 * `model_http_error`, `reply_not_json`, `reply_invalid`, `reply_truncated`, `reply_too_long`,
 * `choice_not_observed`, `context_exceeded`, `overloaded` or `loading`; `transient` tells transport
 * failures from deterministic ones.
 */
export interface LanguageModel {
  /** What the model is, for keys: its name with the digest of its weights or its declared revision. */
  readonly identity: string
  readonly instantiate: Instantiation
  readonly verdicts: VerdictMethod
  generate(messages: Message[], options?: GenerateOptions): Promise<Generation>
  /** The probability that the model's reply begins with each choice; choices are short and distinct. */
  choose(messages: Message[], choices: string[], options?: ChooseOptions): Promise<Choice>
}

/** Model calls that one judgment has in flight: what a Workers invocation may have open. */
export const CALLS_IN_FLIGHT = 6

/**
 * Makes the model calls of one judgment and counts what they spend, however they end. A few are in flight at a
 * time; after the first that fails no further one is made, since the judgment is lost already.
 */
export class Meter implements Spent {
  judge_calls = 0
  prompt_tokens = 0
  completion_tokens = 0
  cached_tokens = 0
  readonly #place = pLimit(CALLS_IN_FLIGHT)
  readonly #underWay = new Set<Promise<unknown>>()
  #failure: unknown = null

  /** Makes one call when its turn comes and counts it. A failed call counts: the server saw it. */
  count<T extends { tokens: TokenCount }>(call: () => Promise<T>): Promise<T> {
    return this.#place(() => {
      if (this.#failure !== null) throw this.#failure
      this.judge_calls++
      const counted = this.#watch(call).finally(() => this.#underWay.delete(counted))
      this.#underWay.add(counted)
      return counted
    })
  }

  async #watch<T extends { tokens: TokenCount }>(call: () => Promise<T>): Promise<T> {
    try {
      const answer = await call()
      this.prompt_tokens += answer.tokens.prompt
      this.completion_tokens += answer.tokens.completion
      this.cached_tokens += answer.tokens.cached
      return answer
    } catch (error) {
      this.#failure ??= error
      throw error
    }
  }

  /** What was spent in all: waits for the calls under way, and lets none begin that would go uncounted. */
  async close(): Promise<Spent> {
    this.#failure ??= new PlumblineError('internal', 'The judgment had ended before this call was made.')
    await Promise.allSettled(this.#underWay)
    const { judge_calls, prompt_tokens, completion_tokens, cached_tokens } = this
    return { judge_calls, prompt_tokens, completion_tokens, cached_tokens }
  }
}

/** The same model with its calls counted. */
export function metered(model: LanguageModel, meter: Meter): LanguageModel {
  return {
    identity: model.identity,
    instantiate: model.instantiate,
    verdicts: model.verdicts,
    generate: (messages, options) => meter.count(() => model.generate(messages, options)),
    choose: (messages, choices, options) => meter.count(() => model.choose(messages, choices, options)),
  }
}
