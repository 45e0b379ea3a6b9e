import { canonicalJson } from '../../../shared/identity/canonical-json.ts'
import type { LanguageModel } from '../../../shared/model/language-model.ts'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { ChoiceRequest, Sampler } from '../sampler.ts'

type Waiting = {
  request: ChoiceRequest
  resolve(probabilities: number[]): void
  reject(reason: unknown): void
}

/**
 * Milliseconds without a new question after which those that wait are computed: far more than judging takes between two
 * questions, even on a busy machine, since what is computed together decides the last digits; far less than an answer.
 */
const QUIET_MS = 50

/**
 * A frozen model of the ground as judges see models: it picks labels and clauses, and writes nothing, since the sampler
 * holds no reply to a schema. Questions that are asked together are computed together, in an order of their own: what is
 * answered does not depend on which judgment asked first.
 */
export function samplerModel(
  sampler: Pick<Sampler, 'choose'>,
  { identity, role }: { identity: string; role: string | null },
): LanguageModel {
  let waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  /** The sampler takes one call at a time. */
  let last: Promise<unknown> = Promise.resolve()

  function flush(): void {
    const asked = waiting
      .map((one) => ({ ...one, place: canonicalJson([one.request.messages, one.request.choices]) }))
      .toSorted((a, b) => (a.place < b.place ? -1 : 1))
    waiting = []
    last = last.then(() => answer(asked))
  }

  async function answer(asked: readonly Waiting[]): Promise<void> {
    try {
      const answers = await sampler.choose(asked.map(({ request }) => request))
      for (const [at, { resolve }] of asked.entries()) resolve(answers[at] ?? [])
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }

  return {
    identity,
    instantiate: 'select',
    verdicts: 'choose',
    concurrency: Number.POSITIVE_INFINITY,
    generate: () =>
      Promise.reject(
        new PlumblineError(
          'invalid_request',
          'The model in training can only pick labels: have judgments that are written made by a service, with judge.at "service".',
          { param: 'judge.at' },
        ),
      ),
    async choose(messages, choices) {
      const { promise, resolve, reject } = Promise.withResolvers<number[]>()
      waiting.push({ request: { messages, choices, role }, resolve, reject })
      clearTimeout(timer)
      timer = setTimeout(flush, QUIET_MS)
      return { probabilities: await promise, tokens: { prompt: 0, completion: 0, cached: 0 } }
    },
  }
}
