import { seededRandom } from '../../../shared/statistics/random.ts'
import type { GenerateRequest } from '../../generate/engine.ts'
import type { Model } from '../../generate/model.ts'
import type { ChoiceRequest, Sample, SampleRequest } from '../sampler.ts'

/** What a role is answered with: a model, and the adapter's name there. */
export type Answering = { model: Model; adapter: string | null }

/**
 * Draws all samples of the requests at once: every call is made in one tick, to models that have forgotten what they
 * read before, so that nothing but the requests decides what is computed together.
 */
export async function sampleTogether(
  requests: readonly SampleRequest[],
  answering: (role: string | null) => Answering,
  signal?: AbortSignal,
): Promise<Sample[][]> {
  const asked = requests.map((request) => ({ request, ...answering(request.role) }))
  for (const { model } of asked) model.forget()
  const drawn = asked.map(({ request, model, adapter }) =>
    seedsOf(request).map((seed) => draw(model, engineRequest(request, adapter, seed, signal))),
  )
  return whole(drawn)
}

/** The probabilities of all choices, computed together as samples are. */
export async function chooseTogether(
  requests: readonly ChoiceRequest[],
  answering: (role: string | null) => Answering,
  signal?: AbortSignal,
): Promise<number[][]> {
  const asked = requests.map((request) => ({ request, ...answering(request.role) }))
  for (const { model } of asked) model.forget()
  const chosen = asked.map(({ request, model, adapter }) => [
    model.choose(
      {
        messages: [...request.messages],
        choices: [...request.choices],
        ...(adapter !== null && { adapter }),
        ...(signal && { signal }),
      },
      () => {},
    ),
  ])
  const results = await whole(chosen)
  return results.flatMap((of) => of.map(({ probabilities }) => probabilities))
}

/** A seed for each sample of a request; more samples change nothing of the first ones. */
function seedsOf({ seed, count }: SampleRequest): number[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => Math.floor(random() * 2 ** 48))
}

function engineRequest(
  { messages, maxTokens, temperature, stop }: SampleRequest,
  adapter: string | null,
  seed: number,
  signal: AbortSignal | undefined,
): GenerateRequest {
  return {
    messages: [...messages],
    maxTokens,
    temperature,
    seed,
    topP: 1,
    stop: [...(stop ?? [])],
    topLogprobs: 0,
    ...(adapter !== null && { adapter }),
    ...(signal && { signal }),
  }
}

async function draw(model: Model, request: GenerateRequest): Promise<Sample> {
  const tokens: number[] = []
  const logprobs: number[] = []
  let text = ''
  let finish: Sample['finish'] | null = null
  await model.generate(
    request,
    () => {},
    (event) => {
      text += event.text
      const token = event.type === 'token' ? event.token : event.ending
      if (token) {
        tokens.push(token.id)
        logprobs.push(token.logprob)
      }
      if (event.type === 'end') finish = event.finish
    },
  )
  if (finish === null) throw new Error('the model ended without an end')
  return { tokens, text, logprobs: Float32Array.from(logprobs), finish }
}

/** All results, once every one has come to its end: what still runs would be computed beside the next call. */
async function whole<T>(lists: readonly (readonly Promise<T>[])[]): Promise<T[][]> {
  await Promise.allSettled(lists.flat())
  return Promise.all(lists.map((list) => Promise.all(list)))
}
