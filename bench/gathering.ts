import * as z from 'zod'
import { startModelServer } from '../test/model-server/model-server.ts'
import { poster, timeAll } from './load.ts'
import { RUNTIMES, type Runtime, startPlumbline } from './servers.ts'
import { median, report } from './statistics.ts'

/** `npm run bench:gathering`: a step of a trainer that sends one response a call, gathered into groups, beside each judged alone. */
const PROMPTS = 128
const SIZE = 8
const ROUNDS = 3
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
  const models = { model: await startModelServer({ delayMs }), slow: await startModelServer() }
  const edge = await startPlumbline(runtime, models, { max_concurrent: AT_ONCE })
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
    const before = await spent()
    for (let round = 0; round < ROUNDS; round++) {
      const tasks = make(`${name} ${round}`).map(
        (body) => () =>
          insist(
            () => post(body),
            () => repeats++,
          ),
      )
      rounds.push(await timeAll(tasks, CALLS))
    }
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
    const what = `${CALLS} responses of ${PROMPTS} prompts, ${runtime}, a judge of ${delayMs} ms, ${name}`
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
  await edge.close()
  await models.model.close()
  await models.slow.close()
}

for (const runtime of RUNTIMES) for (const delayMs of [0, 100]) await measure(runtime, delayMs)
