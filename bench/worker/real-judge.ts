import type { Engine } from '../../gpu-worker/generate/engine.ts'
import { startWorker } from '../../gpu-worker/worker.ts'
import { timeAll } from '../load.ts'
import { report } from '../statistics.ts'
import { open, type Setting } from './setting.ts'
import { textOf } from './text.ts'
import { SIZES, type Speech } from './workload.ts'

/** Judgments in flight, and how many a round has. */
const LOADS = [
  [1, 4],
  [4, 8],
] as const

/**
 * The judge itself, through a worker's HTTP surface: texts of the fixed workload's size, ten criteria, both orders, the
 * judge's own prompts around them.
 */
export async function measureRealJudge(setting: Setting): Promise<void> {
  const engine = await open(setting, setting.quantised, { precision: 'int4' })
  const worker = await startWorker({ engine, port: 0, secret: null, open: true })
  const judge = async (name: string) => {
    const answer = await fetch(`${worker.url}/v1/judgments`, { method: 'POST', body: body(setting, name) })
    if (!answer.ok) throw new Error(`The worker answered ${answer.status}: ${await answer.text()}`)
    await answer.json()
  }
  await judge('warm-up')
  for (const [concurrency, judgments] of LOADS) {
    const before = computed(engine)
    let best = Number.POSITIVE_INFINITY
    for (let round = 0; round < setting.rounds; round++) {
      const names = Array.from({ length: judgments }, (_, i) => `real ${concurrency} ${round} ${i}`)
      const time = await timeAll(
        names.map((name) => () => judge(name)),
        concurrency,
      )
      best = Math.min(best, time / 1000)
    }
    const each = (computed(engine) - before) / (judgments * setting.rounds)
    report({
      name: `the judge over HTTP, c=${concurrency}, best`,
      value: judgments / best,
      unit: 'judgments/s',
    })
    report({ name: `the judge over HTTP, c=${concurrency}, computed`, value: each, unit: 'tokens/judgment' })
  }
  await worker.close()
}

/** Tokens that went through the model so far. */
function computed(engine: Engine): number {
  return engine.stats().passes.tokens
}

function body({ speech }: { speech: Speech }, name: string): string {
  const text = (tokens: number, which: string) => textOf(speech.tokenizer, tokens, `${name} ${which}`)
  const criteria = Array.from({ length: SIZES.criteria }, (_, i) => ({
    id: `c${i}`,
    level: 'important',
    title: text(SIZES.criterion, `criterion ${i}`),
  }))
  return JSON.stringify({
    prompt: text(SIZES.shared, 'prompt'),
    responses: [text(SIZES.response, 'first'), text(SIZES.response, 'second')],
    rubric: { criteria },
    orders: 'mean',
  })
}
