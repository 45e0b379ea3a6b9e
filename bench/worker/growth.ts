import { writeFile } from 'node:fs/promises'
import { peakWhile } from './memory.ts'
import { open, type Setting } from './setting.ts'
import { CHOICES, groupWorkload, pairWorkload, SIZES, type Workload } from './workload.ts'

type Axis = {
  name: string
  values: readonly number[]
  make: (setting: Setting, value: number, name: string) => Workload
}

/** Along what judging grows. Text is the shared part and both responses, an eighth of it shared. */
const AXES: readonly Axis[] = [
  {
    name: 'criteria',
    values: [1, 2, 4, 8, 16, 32],
    make: ({ speech }, criteria, name) => pairWorkload(speech, { ...SIZES, criteria }, name),
  },
  {
    name: 'responses in a group',
    values: [2, 4, 8, 16],
    make: ({ speech }, responses, name) => groupWorkload(speech, SIZES, responses - 1, name),
  },
  {
    name: 'tokens of text',
    values: [256, 512, 1024, 2048, 4096],
    make: ({ speech }, tokens, name) =>
      pairWorkload(speech, { ...SIZES, shared: tokens / 8, response: (7 * tokens) / 16 }, name),
  },
]

/** One point of a plot: what was measured at `at` along `by`. */
type Point = { by: string; at: number; name: string; value: number }

/**
 * Time and memory of a judgment (of all of a group's) along each axis, on an engine of its own; best of the rounds.
 * The points are printed, and written to `file` for `plot:worker` to draw.
 */
export async function measureGrowth(setting: Setting, file?: string): Promise<void> {
  const points: string[] = []
  const point = (point: Point) => {
    const line = JSON.stringify({ ...point, value: Number(point.value.toPrecision(4)) })
    console.log(line)
    points.push(line)
  }
  for (const { name: by, values, make } of AXES) {
    const engine = await open(setting, setting.quantised, { precision: 'int4' })
    const ask = ({ questions }: Workload) =>
      Promise.all(questions.map((messages) => engine.choose({ messages, choices: CHOICES })))
    await ask(make(setting, values[0] ?? 1, 'warm-up'))
    for (const at of values) {
      let best = Number.POSITIVE_INFINITY
      const peak = await peakWhile(engine, async () => {
        for (let round = 0; round < setting.rounds; round++) {
          const workload = make(setting, at, `growth ${by} ${round}`)
          const start = performance.now()
          await ask(workload)
          best = Math.min(best, (performance.now() - start) / 1000)
        }
      })
      point({ by, at, name: 'time, s', value: best })
      point({ by, at, name: 'memory of the process, MiB', value: peak.resident / 2 ** 20 })
      point({ by, at, name: 'keys and values, MiB', value: peak.keysAndValues / 2 ** 20 })
    }
    await engine.close()
  }
  if (file !== undefined) await writeFile(file, `${points.join('\n')}\n`)
}
