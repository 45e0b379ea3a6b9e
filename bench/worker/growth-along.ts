import { AXES, type Point } from './growth-axes.ts'
import { peakWhile } from './memory.ts'
import { open, prepare } from './setting.ts'
import { CHOICES, type Workload } from './workload.ts'

/** One axis in a process of its own, so that the memory of one is not the other's. Run by growth.ts. */
const [name, threads, rounds] = process.argv.slice(2)
const axis = AXES.find((each) => each.name === name)
if (!axis) throw new Error(`There is no axis ${name}.`)

const setting = await prepare(Number(threads), Number(rounds))
const engine = await open(setting, setting.quantised, { precision: 'int4' })
const ask = ({ questions }: Workload) =>
  Promise.all(questions.map((messages) => engine.choose({ messages, choices: CHOICES })))
await ask(axis.make(setting.speech, axis.values[0] ?? 1, 'warm-up'))
for (const at of axis.values) {
  let best = Number.POSITIVE_INFINITY
  const peak = await peakWhile(engine, async () => {
    for (let round = 0; round < setting.rounds; round++) {
      const workload = axis.make(setting.speech, at, `growth ${at} ${round}`)
      const start = performance.now()
      await ask(workload)
      best = Math.min(best, (performance.now() - start) / 1000)
    }
  })
  tell({ by: axis.name, at, name: 'time, s', value: best })
  tell({ by: axis.name, at, name: 'memory of the process, MiB', value: peak.resident / 2 ** 20 })
  tell({ by: axis.name, at, name: 'keys and values, MiB', value: peak.keysAndValues / 2 ** 20 })
}
await engine.close()

function tell(point: Point): void {
  console.log(JSON.stringify({ ...point, value: Number(point.value.toPrecision(4)) }))
}
