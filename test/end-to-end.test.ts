import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { pairJudgment } from '../shared/protocol/judgment.ts'
import { rewardList } from '../shared/protocol/reward.ts'

/** The whole house with the real model: `plumbline start`, the edge in workerd, SmolLM2 in the worker. */
const PROMPT = 'What is the capital of France?'
const BETTER = 'The capital of France is Paris.'
const WORSE = 'I had soup for lunch.'
const usageList = z.object({ data: z.array(z.object({ judgments: z.int(), judge_calls: z.int() })) })

let home: string
let port: number
let service: ChildProcess
let said = ''

async function start(): Promise<void> {
  said = ''
  service = spawn(process.execPath, ['cli/plumbline.ts', 'start', '--port', String(port)], {
    env: {
      ...process.env,
      PLUMBLINE_MODELS: '',
      PLUMBLINE_API_KEYS: '',
      PLUMBLINE_HOME: home,
      // the fences around what the model reads come of it, and so small a model is swayed by them
      PLUMBLINE_SECRET: 'the secret of the end-to-end test',
    },
    // a group of its own, so that a test can kill the launcher, the edge and the worker at once
    detached: true,
  })
  for (const stream of [service.stdout, service.stderr]) stream?.on('data', (chunk) => (said += chunk))
  while (!said.includes('curl')) {
    if (service.exitCode !== null) throw new Error(`plumbline start ended: ${said}`)
    await new Promise((go) => setTimeout(go, 100))
  }
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  const ended = once(service, 'close')
  process.kill(-(service.pid ?? Number.NaN), signal)
  await ended
}

async function call<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
  const response = await fetch(`http://localhost:${port}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
  })
  const text = await response.text()
  expect(response.status, text).toBe(200)
  return schema.parse(JSON.parse(text))
}

const judge = (responses: [string, string], more: object = {}) =>
  call('/v1/judgments', { prompt: PROMPT, responses, ...more }, pairJudgment)

async function spent(): Promise<{ judgments: number; judge_calls: number }> {
  const { data } = await call('/v1/usage', undefined, usageList)
  const sum = (field: 'judgments' | 'judge_calls') => data.reduce((total, row) => total + row[field], 0)
  return { judgments: sum('judgments'), judge_calls: sum('judge_calls') }
}

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-end-to-end-'))
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  port = typeof address === 'object' && address ? address.port : 0
  probe.close()
  await start()
}, 300_000)

afterAll(async () => {
  await stop('SIGTERM')
  await rm(home, { recursive: true })
}, 60_000)

describe('the whole house', { timeout: 180_000 }, () => {
  test('judges a real pair with evidence for every criterion in both orders', async () => {
    const judgment = await judge([BETTER, WORSE])
    expect(judgment).toMatchObject({ model: 'smollm2-135m-instruct', error: null })
    expect(judgment.winner).not.toBeNull()
    expect(judgment.score).not.toBe(0)
    expect(judgment.rubric?.criteria).toHaveLength(5)
    expect(judgment.orders.map(({ criteria }) => criteria.length)).toEqual([5, 5])
    expect(judgment.usage).toMatchObject({ cache: 'miss', judge_calls: expect.any(Number) })
  })

  test('answers again from the record, swapped and under another policy too, and charges once', async () => {
    const before = await spent()
    const first = await judge([BETTER, WORSE])
    const swapped = await judge([WORSE, BETTER])
    const mean = await judge([BETTER, WORSE], { orders: 'mean' })
    expect([first, swapped, mean].map(({ usage }) => [usage.cache, usage.judge_calls])).toEqual(
      Array(3).fill(['hit', 0]),
    )
    expect(swapped.score).toBe(-(first.score ?? Number.NaN))
    expect(mean.winner).toBe((first.score ?? 0) > 0 ? 'first' : 'second')
    expect(await call(`/v1/judgments/${swapped.id}`, undefined, pairJudgment)).toMatchObject({
      score: swapped.score,
      orders: swapped.orders,
    })
    expect(await spent()).toEqual(before)
  })

  test('negates its score within 1e-5 when swapped without any record', async () => {
    const { rubric } = await judge([BETTER, WORSE])
    const criteria = rubric?.criteria.slice(0, 2)
    const apart = { cache: 'off', rubric: { criteria } }
    const [there, back] = [await judge([BETTER, WORSE], apart), await judge([WORSE, BETTER], apart)]
    expect(back.usage.cache).toBe('miss')
    expect(Math.abs((there.score ?? Number.NaN) + (back.score ?? Number.NaN))).toBeLessThan(1e-5)
  })

  test('gives a better and a worse response different rewards, with the bytes of two trainers', async () => {
    const template = (response: string) =>
      `<|im_start|>user\n${PROMPT}<|im_end|>\n<|im_start|>assistant\n${response}`
    const openrlhf = (response: string) =>
      call(
        '/rlhf/openrlhf',
        { query: [`${template(response)}<|im_end|>`], prompts: [template('')], labels: [null] },
        z.object({ rewards: z.tuple([z.number()]), scores: z.tuple([z.number()]) }),
      )
    const slime = (response: string) =>
      call('/rlhf/slime', { prompt: [{ role: 'user', content: PROMPT }], response, label: null }, z.number())
    const [better, worse] = [await openrlhf(BETTER), await openrlhf(WORSE)]
    expect(better.rewards[0]).toBeGreaterThan(worse.rewards[0])
    expect([await slime(BETTER), await slime(WORSE)]).toEqual([better.rewards[0], worse.rewards[0]])
  })

  test('rewards a group against an anchor', async () => {
    const body = { prompt: PROMPT, responses: [BETTER, WORSE, BETTER], anchor: { index: 1 } }
    const { data } = await call('/v1/rewards', body, rewardList)
    expect(data.map(({ reward }) => reward)).toEqual([data[0]?.reward, 0, data[0]?.reward])
    expect(data[0]?.reward).not.toBe(0)
  })

  test('killed in the middle of a judgment, it comes back, judges it once and keeps the rest', async () => {
    const before = await spent()
    const lost = judge(['Paris.', 'Lyon.']).catch(() => 'lost')
    await new Promise((go) => setTimeout(go, 1500))
    await stop('SIGKILL')
    expect(await lost).toBe('lost')
    await start()
    expect((await judge([BETTER, WORSE])).usage.cache).toBe('hit')
    expect((await judge(['Paris.', 'Lyon.'])).usage.cache).toBe('miss')
    expect((await judge(['Paris.', 'Lyon.'])).usage.cache).toBe('hit')
    expect((await spent()).judgments).toBe(before.judgments + 1)
  })
})
