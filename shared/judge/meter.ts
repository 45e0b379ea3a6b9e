import pLimit, { type LimitFunction } from 'p-limit'
import { CALLS_IN_FLIGHT, type LanguageModel, type TokenCount } from '../model/language-model.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Spent } from './evidence.ts'

/**
 * Makes the model calls of one judgment and counts what they spend, however they end. As many are in flight at a
 * time as the model has a place for; after the first that fails no further one is made, since the judgment is
 * lost already.
 */
export class Meter implements Spent {
  judge_calls = 0
  prompt_tokens = 0
  completion_tokens = 0
  cached_tokens = 0
  readonly #place: LimitFunction
  readonly #underWay = new Set<Promise<unknown>>()
  #failure: unknown = null

  constructor(concurrency = CALLS_IN_FLIGHT) {
    this.#place = pLimit(concurrency)
  }

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
  const { arm } = model
  return {
    identity: model.identity,
    ...(arm && { arm: { form: arm.form, generator: metered(arm.generator, meter) } }),
    instantiate: model.instantiate,
    verdicts: model.verdicts,
    generate: (messages, options) => meter.count(() => model.generate(messages, options)),
    choose: (messages, choices, options) => meter.count(() => model.choose(messages, choices, options)),
  }
}
