import type { ModelServer } from '../test/model-server/model-server.ts'
import { poster, timeAll } from './load.ts'
import type { Runtime, Server } from './servers.ts'
import { median, report } from './statistics.ts'

const ROUNDS = 5
const MODES = ['single', 'staged'] as const
/** Concurrency, and judgments a round. */
const SIZES = [
  [1, 20],
  [16, 64],
] as const

/** The model behind the edge, and its slow twin, whose calls last long enough to be seen side by side. */
export type Models = { model: ModelServer; slow: ModelServer }

let made = 0

/** A pair that was never judged before. */
function freshBody(mode: string, model = 'mock'): string {
  made++
  return JSON.stringify({
    mode,
    model,
    prompt: `Explain why the sky is blue, in ${made} words.`,
    responses: ['GOOD: sunlight is scattered.', 'I do not know.'],
  })
}

/**
 * What a judgment costs beyond its model calls: the wall time of judgments that nothing has made before, with
 * storage on, less that of the very same calls made directly, as many at once. The calls of a judgment that
 * wait for one another are not made to wait in the direct run, so the difference is rather too large.
 */
export async function measureUncached(runtime: Runtime, edge: Server, models: Models): Promise<void> {
  const { model, slow } = models
  for (const mode of MODES) {
    const judged = poster(`${edge.url}/v1/judgments`, 16)
    await timeAll(
      Array.from({ length: 32 }, () => () => judged.post(freshBody(mode))),
      4,
    )
    slow.reset()
    await judged.post(freshBody(mode, 'slow'))
    const callsEach = slow.calls.length
    const peak = slow.peakInFlight
    report({ name: `${mode} judgment, ${runtime}, peak calls in flight`, value: peak, unit: 'calls' })
    const direct = poster(`${model.url}/chat/completions`, 16 * peak)
    for (const [concurrency, judgments] of SIZES) {
      const rounds: { overhead: number; ratio: number }[] = []
      for (let round = 0; round < ROUNDS; round++) {
        model.reset()
        const tasks = Array.from({ length: judgments }, () => freshBody(mode)).map(
          (body) => () => judged.post(body),
        )
        const through = await timeAll(tasks, concurrency)
        const calls = model.calls.map(({ request }) => JSON.stringify(request))
        const straight = await timeAll(
          calls.map((body) => () => direct.post(body)),
          concurrency * peak,
        )
        rounds.push({ overhead: (through - straight) / calls.length, ratio: through / straight })
      }
      report({
        name: `${mode} judgment, ${runtime}, c=${concurrency}, beyond its ${callsEach} model calls`,
        value: median(rounds.map(({ overhead }) => overhead)),
        unit: 'ms/model call',
        against: 'the same model calls made directly (the ratio is of wall times)',
        ratio: median(rounds.map(({ ratio }) => ratio)),
      })
    }
    judged.close()
    direct.close()
  }
}
