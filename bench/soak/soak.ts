import { seededRandom } from '../../shared/statistics/random.ts'
import { median, quantile, report } from '../statistics.ts'
import { judge, OTHERS, type Outcome } from './traffic.ts'
import type { WorkerProcess } from './worker-process.ts'

const LANES = 8
/** Of the calls, judgments; the others are spread over the rest. */
const JUDGMENTS = 0.6
const HEALTH_EVERY_MS = 100
const SAMPLES = 100
/** What memory may still grow by over the last half: fragments settle, leaks don't. */
const GROWTH = 0.05
const FAULTS_SHOWN = 5

/** Memory of the worker after so many judgments. */
export type Sample = { model: string; done: number; seconds: number; resident: number }

/**
 * Sends a worker mixed traffic until it has made so many judgments, and watches its memory and its health checks.
 * Prints the samples as they are taken, and returns them, in MiB, with what went wrong.
 */
export async function soak(
  worker: WorkerProcess,
  model: string,
  judgments: number,
): Promise<{ samples: Sample[]; faults: string[] }> {
  const random = seededRandom(7)
  const samples: Sample[] = []
  const counts = new Map<string, number>()
  const faults: string[] = []
  const started = performance.now()
  const health = watchHealth(worker)
  let begun = 0
  let done = 0

  const settle = async ({ kind, fault }: Outcome) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
    if (fault !== null) faults.push(`${kind}: ${fault}`)
    if (kind !== 'judgment') return
    done++
    if (done % Math.ceil(judgments / SAMPLES) > 0) return
    const resident = Number(((await worker.resident()) / 2 ** 20).toFixed(1))
    const seconds = Math.round((performance.now() - started) / 1000)
    samples.push({ model, done, seconds, resident })
    console.log(JSON.stringify(samples.at(-1)))
  }
  const lane = async () => {
    while (begun < judgments) {
      const other = OTHERS[Math.floor(random() * OTHERS.length)]
      if (other && random() > JUDGMENTS) {
        await settle(await other(worker, random))
      } else {
        begun++
        await settle(await judge(worker, random))
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))

  const latencies = await health.stop()
  const seconds = (performance.now() - started) / 1000
  for (const [kind, count] of counts) report({ name: `${model}: ${kind}`, value: count, unit: 'calls' })
  report({ name: `${model}: judgments under mixed traffic`, value: judgments / seconds, unit: 'judgments/s' })
  report({ name: `${model}: health check under load, p50`, value: quantile(latencies, 0.5), unit: 'ms' })
  report({ name: `${model}: health check under load, p99`, value: quantile(latencies, 0.99), unit: 'ms' })
  report({ name: `${model}: health check under load, longest`, value: Math.max(...latencies), unit: 'ms' })
  const grown = growth(samples)
  report({ name: `${model}: memory at the end`, value: samples.at(-1)?.resident ?? Number.NaN, unit: 'MiB' })
  report({ name: `${model}: growth of memory over the last half`, value: grown, unit: 'share' })
  const wrong = faults.slice(0, FAULTS_SHOWN)
  if (faults.length > wrong.length) wrong.push(`and ${faults.length - wrong.length} more faults`)
  if (!(grown <= GROWTH)) wrong.push(`memory grew by ${(100 * grown).toFixed(1)} % over the last half`)
  return { samples, faults: wrong.map((fault) => `${model}: ${fault}`) }
}

/** How much more memory the last eighth of the samples has than the eighth after the middle. */
function growth(samples: readonly Sample[]): number {
  const eighth = Math.max(1, Math.floor(samples.length / 8))
  const half = Math.floor(samples.length / 2)
  const residents = samples.map(({ resident }) => resident)
  return median(residents.slice(-eighth)) / median(residents.slice(half, half + eighth)) - 1
}

/** Asks for the worker's health over and over; `stop` gives how long each answer took, in milliseconds. */
function watchHealth({ url }: WorkerProcess): { stop(): Promise<number[]> } {
  const latencies: number[] = []
  let watching = true
  const watch = async () => {
    while (watching) {
      const before = performance.now()
      const answer = await fetch(`${url}/healthz`)
      await answer.text()
      latencies.push(answer.ok ? performance.now() - before : Number.POSITIVE_INFINITY)
      await new Promise((resolve) => setTimeout(resolve, HEALTH_EVERY_MS))
    }
  }
  const watched = watch()
  return {
    async stop() {
      watching = false
      await watched
      return latencies
    },
  }
}
