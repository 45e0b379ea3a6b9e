import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { drawn } from '../examples/draws.ts'
import type { Json, StepReport, TrainingMethod } from '../method.ts'
import type { Trainer } from '../trainer.ts'

type Metrics = StepReport['metrics']

/** What a way of training makes of some examples. */
export type ExampleTraining<Example> = {
  /** One update on a batch, of the step after `step` others. */
  train(batch: readonly Example[], step: number): Promise<Pick<StepReport, 'metrics' | 'notes'>>
  /** What examples that are never trained on say of the parameters as they are. */
  measure(examples: readonly Example[]): Promise<Metrics>
}

export type EpochParts<Example> = {
  role: string
  trainer: Trainer
  settings: { epochs: number; batch_size: number; seed: number }
  examples: readonly Example[]
  /** Measured at the end of each epoch; may be empty. */
  validation: readonly Example[]
  training: ExampleTraining<Example>
  /** Milliseconds. */
  now: () => number
}

const standing = z.strictObject({ step: z.int().min(0) })

/** Goes over examples again and again, in another order each time round; a step is an update on a batch of them. */
export class EpochTraining<Example> implements TrainingMethod {
  readonly roles: ReadonlyMap<string, Trainer>
  readonly total: number
  readonly #parts: EpochParts<Example>
  #step = 0

  constructor(parts: EpochParts<Example>) {
    this.roles = new Map([[parts.role, parts.trainer]])
    this.total = updatesOf(parts.examples.length, parts.settings)
    this.#parts = parts
  }

  async step(signal: AbortSignal): Promise<StepReport | null> {
    if (this.#step >= this.total) return null
    signal.throwIfAborted()
    const { settings, examples, training, role, now } = this.#parts
    const { batch_size, epochs, seed } = settings
    const from = this.#step * batch_size
    const count = Math.min(batch_size, epochs * examples.length - from)
    const began = now()
    const { metrics, notes } = await training.train(drawn(examples, { seed, from, count }), this.#step)
    const done = now()
    const measured = await this.#measure(from, from + count)
    this.#step++
    return {
      step: this.#step,
      phase: role,
      metrics: { epoch: (from + count) / examples.length, ...metrics, ...measured },
      samples: [],
      ...(notes && { notes }),
      seconds: { rollout: 0, reward: (now() - done) / 1000, update: (done - began) / 1000 },
    }
  }

  state(): Json {
    return { step: this.#step }
  }

  async restore(state: Json): Promise<void> {
    this.#step = parseWith(standing, state).step
  }

  /** Where these examples end an epoch. */
  async #measure(from: number, to: number): Promise<Metrics> {
    const { validation, examples, training } = this.#parts
    const within = Math.floor(from / examples.length) === Math.floor(to / examples.length)
    if (validation.length === 0 || within) return {}
    const found = Object.entries(await training.measure(validation))
    return Object.fromEntries(found.map(([name, value]) => [`validation_${name}`, value]))
  }
}

/** How many updates a run over a number of examples takes. */
export function updatesOf(
  examples: number,
  { epochs, batch_size }: { epochs: number; batch_size: number },
): number {
  return Math.ceil((epochs * examples) / batch_size)
}

/** Those of at most so many tokens, and how many are longer. Throws `invalid_request` where all are. */
export function thatFit<Example>(
  examples: readonly Example[],
  tokensOf: (example: Example) => number,
  most: number,
): { fit: Example[]; tooLong: number } {
  const fit = examples.filter((example) => tokensOf(example) <= most)
  if (fit.length > 0) return { fit, tooLong: examples.length - fit.length }
  const shortest = examples.reduce(
    (least, example) => Math.min(least, tokensOf(example)),
    Number.POSITIVE_INFINITY,
  )
  throw new PlumblineError(
    'invalid_request',
    `Every example is longer than max_tokens, which is ${most}, the shortest being ${shortest} tokens long: raise max_tokens.`,
    { param: 'max_tokens' },
  )
}
