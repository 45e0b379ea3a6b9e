import { parseArgs } from 'node:util'
import * as z from 'zod'
import { startModelServer } from '../test/model-server/model-server.ts'
import { poster, timeAll } from './load.ts'
import { RUNTIMES, type Runtime, type Server, startPlumbline } from './servers.ts'
import { median, report } from './statistics.ts'

/**
 * `npm run bench:gathering -- --rounds 1 --runtime Node --delay 0`: a step of a trainer that sends one response a call,
 * gathered into groups, beside each judged alone. A measurement that breaks is said, and the next one is made.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    prompts: { type: 'string', default: '128' },
    runtime: { type: 'string', multiple: true, default: [...RUNTIMES] },
    delay: { type: 'string', multiple: true, default: ['0', '100'] },
  },
})
const ROUNDS = Number(options.rounds)
const PROMPTS = Number(options.prompts)
const SIZE = 8
/** A step's calls are all under way at once, as OpenRLHF 0.9.1 and later make them. */
const CALLS = PROMPTS * SIZE
/** Calls to the model from one process, or from one object of workerd. */
const AT_ONCE = 16

const usage = z.object({ data: z.array(z.object({ judgments: z.number(), judge_calls: z.number() })) })

/** A call for each response of a step that nobody has judged before. */
function bodies(step: string): string[] {
  return Array.from({ length: CALLS }, (_, at) => {
    const response = `${'GOOD '.repeat(at % 3)}answer ${at % SIZE} of step ${step}.`
    return JSON.stringify({ prompt: `Question ${Math.floor(at / SIZE)} of step ${step}?`, response })
  })
}

/** The same responses, a call for each prompt. */
function batches(step: string): string[] {
  const samples = bodies(step).map((body): unknown => JSON.parse(body))
  return Array.from({ length: PROMPTS }, (_, at) =>
    JSON.stringify({ samples: samples.slice(at * SIZE, (at + 1) * SIZE) }),
  )
}

/** Sends a call again until it is answered, ten times at most and a second apart, as slime does. */
async function insist(send: () => Promise<string>, again: () => void): Promise<string> {
  for (let time = 1; ; time++) {
    try {
      return await send()
    } catch (error) {
      if (time === 10) throw error
      again()
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  }
}

type Way = { path: string; bodies: (step: string) => string[] }
const WAYS: Record<string, Way> = {
  'gathered into groups': { path: '/runs/bench/slime?against=group&wait=100', bodies },
  'each alone': { path: '/rlhf/slime?protocol=pointwise', bodies },
  'a call a prompt': { path: '/rlhf/plumbline?against=group', bodies: batches },
}

async function measure(runtime: Runtime, delayMs: number): Promise<void> {
  const model = await startModelServer({ delayMs })
  try {
    const edge = await startPlumbline(runtime, { model, slow: model }, { max_concurrent: AT_ONCE })
    try {
      await measureAt(edge, `${runtime}, a judge of ${delayMs} ms`)
    } finally {
      await edge.close()
    }
  } finally {
    await model.close()
  }
}

async function measureAt(edge: Server, where: string): Promise<void> {
  const spent = async () => {
    const { data } = usage.parse(await (await fetch(`${edge.url}/v1/usage`)).json())
    return {
      judgments: data.reduce((sum, { judgments }) => sum + judgments, 0),
      calls: data.reduce((sum, { judge_calls }) => sum + judge_calls, 0),
    }
  }
  await fetch(`${edge.url}/v1/runs`, {
    method: 'POST',
    body: JSON.stringify({ name: 'bench', group_size: SIZE }),
  })
  const found = new Map<string, { wall: number; judgments: number; calls: number; repeats: number }>()
  for (const [name, { path, bodies: make }] of Object.entries(WAYS)) {
    const { post, close } = poster(`${edge.url}${path}`, CALLS)
    const rounds: number[] = []
    let repeats = 0
    const step = (called: string) => {
      const tasks = make(`${name} ${called}`).map(
        (body) => () =>
          insist(
            () => post(body),
            () => repeats++,
          ),
      )
      return timeAll(tasks, CALLS)
    }
    // the first way would pay for code that is compiled once
    await step('to warm up')
    repeats = 0
    const before = await spent()
    for (let round = 0; round < ROUNDS; round++) rounds.push(await step(String(round)))
    const after = await spent()
    found.set(name, {
      wall: median(rounds),
      judgments: (after.judgments - before.judgments) / ROUNDS,
      calls: (after.calls - before.calls) / ROUNDS,
      repeats: repeats / ROUNDS,
    })
    close()
  }
  const alone = found.get('each alone')
  for (const [name, { wall, judgments, calls, repeats }] of found) {
    const what = `${CALLS} responses of ${PROMPTS} prompts, ${where}, ${name}`
    const beside = (value: number, other: number | undefined) =>
      name === 'each alone' || other === undefined ? {} : { against: 'each alone', ratio: value / other }
    report({
      name: `${what}: judgments`,
      value: judgments,
      unit: 'judgments',
      ...beside(judgments, alone?.judgments),
    })
    report({ name: `${what}: model calls`, value: calls, unit: 'calls', ...beside(calls, alone?.calls) })
    report({ name: `${what}: calls sent again after an error`, value: repeats, unit: 'calls' })
    report({ name: `${what}: wall time`, value: wall, unit: 'ms', ...beside(wall, alone?.wall) })
  }
}

for (const runtime of RUNTIMES.filter((one) => options.runtime.includes(one))) {
  for (const delay of options.delay) {
    await measure(runtime, Number(delay)).catch((error: unknown) => {
      process.exitCode = 1
      console.error(`${runtime}, a judge of ${delay} ms: ${error}`)
    })
  }
}
