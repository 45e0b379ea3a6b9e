import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { pairJudgment, pointwiseJudgment } from '../shared/protocol/judgment.ts'
import { rewardList } from '../shared/protocol/reward.ts'
import { openEngine } from './generate/open-engine.ts'
import { safetensors } from './nn/testing/tiny-folder.ts'
import { noise } from './nn/testing/tiny-tensors.ts'
import { chatCompletion } from './testing/strict-openai.ts'
import { startWorker, type Worker } from './worker.ts'

/** Fetching the model is part of the first run; a busy machine needs the rest. */
const PATIENCE = { timeout: 300_000 }

/** A prefill that begins at another cached prefix adds its floats up in another order: 3e-7 was seen. */
const SUM_TOLERANCE = 1e-5

let worker: Worker
let adapters: string
beforeAll(async () => {
  adapters = await mkdtemp(join(tmpdir(), 'plumbline-adapters-'))
  worker = await startWorker({
    engine: await openEngine({ queue: Number.POSITIVE_INFINITY }),
    port: 0,
    secret: null,
    open: true,
    adapters,
  })
}, PATIENCE.timeout)
afterAll(async () => {
  await worker.close()
  await rm(adapters, { recursive: true })
})

const send = (path: string, body: object) =>
  fetch(worker.url + path, { method: 'POST', body: JSON.stringify(body) })

async function post(path: string, body: object): Promise<unknown> {
  const reply = await send(path, body)
  const answer = await reply.json()
  expect(reply.status, JSON.stringify(answer)).toBe(200)
  return answer
}

/** What OpenAI's clients ask for, of the default model. */
async function chat(body: object) {
  const asked = { model: 'smollm2-135m-instruct', messages: [{ role: 'user', content: prompt }], ...body }
  return chatCompletion.parse(await post('/v1/chat/completions', asked))
}

const rubric = {
  criteria: [
    { id: 'right', level: 'core', title: 'Names the right city' },
    { id: 'plain', level: 'important', title: 'Answers in plain words' },
  ],
}
const responses = ['Paris is the capital of France.', 'banana banana banana']
const prompt = 'What is the capital of France?'
/** Width of SmolLM2-135M. */
const HIDDEN = 576
/** No whole number lies between. */
const IMPOSSIBLE = { type: 'integer', minimum: 2, maximum: 1 }

describe('the worker with the default model', () => {
  it('knows a capital, in the strict OpenAI shape, and says how sure it was', PATIENCE, async () => {
    const answer = await chat({ temperature: 0, max_tokens: 24, logprobs: true, top_logprobs: 5 })
    const [{ message, finish_reason, logprobs }] = answer.choices
    expect(message.content).toContain('Paris')
    expect(finish_reason).toBe('stop')
    expect(logprobs?.content).toHaveLength(answer.usage.completion_tokens)
    for (const { logprob, top_logprobs } of logprobs?.content ?? []) {
      expect(logprob).toBeLessThanOrEqual(0)
      expect(top_logprobs).toHaveLength(5)
      // greedy: what was taken is the likeliest
      expect(top_logprobs[0]?.logprob).toBe(logprob)
    }
  })

  it('judges a pair, and the pair turned round by the negative score', PATIENCE, async () => {
    const judge = async (pair: string[]) =>
      pairJudgment.parse(
        await post('/v1/judgments', { prompt, responses: pair, rubric, orders: 'mean', cache: 'off' }),
      )
    const there = await judge(responses)
    const back = await judge(responses.toReversed())
    expect(there.error).toBeNull()
    expect(there.score).not.toBe(0)
    expect(there.orders.flatMap(({ criteria }) => criteria)).toHaveLength(4)
    expect(Math.abs((there.score ?? Number.NaN) + (back.score ?? Number.NaN))).toBeLessThan(SUM_TOLERANCE)
  })

  it('judges a single response by probabilities', PATIENCE, async () => {
    const body = { protocol: 'pointwise', prompt, responses: responses.slice(0, 1), rubric }
    const { score, criteria, error } = pointwiseJudgment.parse(await post('/v1/judgments', body))
    expect(error).toBeNull()
    expect(score).toBeGreaterThan(0)
    expect(score).toBeLessThan(1)
    expect(criteria.every(({ met }) => met !== null && met > 0 && met < 1)).toBe(true)
  })

  it('rewards a group', PATIENCE, async () => {
    const group = { prompt, responses: [...responses, 'Rome.'], anchor: { index: 1 }, rubric, orders: 'mean' }
    const { data } = rewardList.parse(await post('/v1/rewards', group))
    expect(data.map(({ error }) => error)).toEqual([undefined, undefined, undefined])
    expect(data[1]?.reward).toBe(0)
    expect(data[0]?.reward).not.toBe(data[2]?.reward)
  })

  it('gives several choices, each again by its seed', PATIENCE, async () => {
    const ask = async (n: number) => {
      const { choices } = await chat({ n, seed: 3, temperature: 1.5, max_tokens: 12 })
      return choices.map(({ message }) => message.content)
    }
    const three = await ask(3)
    expect(new Set(three).size).toBe(3)
    expect(await ask(1)).toEqual(three.slice(0, 1))
  })

  it('keeps to what a reply must be', PATIENCE, async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string', maxLength: 20 }, sure: { type: 'boolean' } },
      required: ['city', 'sure'],
      additionalProperties: false,
    }
    const json_schema = { name: 'answer', strict: true, schema }
    const { choices } = await chat({ n: 4, seed: 1, response_format: { type: 'json_schema', json_schema } })
    const answer = z.strictObject({ city: z.string().max(20), sure: z.boolean() })
    for (const { message } of choices) expect(() => answer.parse(JSON.parse(message.content))).not.toThrow()
    const cities = ['Paris', 'Rome', 'Saint-Denis']
    const chosen = await chat({ n: 4, seed: 1, guided_choice: cities })
    for (const { message } of chosen.choices) expect(cities).toContain(message.content)
    const digits = await chat({ guided_regex: '[0-9]{3}-[0-9]{2}' })
    expect(digits.choices[0].message.content).toMatch(/^[0-9]{3}-[0-9]{2}$/)
  })

  it(
    'answers and judges with an adapter from the moment that it is loaded until it is unloaded',
    PATIENCE,
    async () => {
      const folder = join(adapters, 'noise')
      await mkdir(folder)
      const name = (side: string) => `base_model.model.model.layers.0.self_attn.o_proj.lora_${side}.weight`
      const matrix = (side: string, shape: [number, number]) =>
        [name(side), { shape, values: noise(side, shape, 1) }] as const
      const tensors = new Map([matrix('A', [4, HIDDEN]), matrix('B', [HIDDEN, 4])])
      await writeFile(join(folder, 'adapter_model.safetensors'), safetensors(tensors))
      const config = { peft_type: 'LORA', r: 4, lora_alpha: 8, bias: 'none' }
      await writeFile(join(folder, 'adapter_config.json'), JSON.stringify(config))

      const model = 'smollm2-135m-instruct:noise'
      const say = async (body: object) => (await chat({ temperature: 0, max_tokens: 16, ...body })).choices[0]
      expect((await send('/v1/adapters', { name: 'noise', path: 'noise' })).status).toBe(201)
      const [base, noisy] = await Promise.all([say({}), say({ model })])
      expect(noisy.message.content).not.toBe(base.message.content)
      const judge = async (body: object) =>
        pairJudgment.parse(
          await post('/v1/judgments', { prompt, responses, rubric, orders: 'mean', ...body }),
        )
      const [judged, judgedNoisily] = await Promise.all([judge({}), judge({ model })])
      expect(judgedNoisily).toMatchObject({ model, error: null })
      expect(judgedNoisily.score).not.toBe(judged.score)
      expect((await fetch(`${worker.url}/v1/adapters/noise`, { method: 'DELETE' })).status).toBe(200)
      expect((await send('/v1/chat/completions', { ...hello('Hi'), model })).status).toBe(404)
    },
  )

  it.each<[string, string, object, number]>([
    ['a prompt longer than the context', '/v1/chat/completions', hello('word '.repeat(20_000)), 422],
    ['one word of 200,000 characters', '/v1/chat/completions', hello('a'.repeat(200_000)), 400],
    ['a schema that nothing satisfies', '/v1/chat/completions', constrained({ json: IMPOSSIBLE }), 400],
    [
      'a schema with a reference to nowhere',
      '/v1/chat/completions',
      constrained({ json: { $ref: '#/x' } }),
      400,
    ],
    ['a broken pattern', '/v1/chat/completions', constrained({ regex: '(' }), 400],
    ['300,000 choices', '/v1/chat/completions', constrained({ choice: many(300_000) }), 400],
    ['an adapter of garbage', '/v1/adapters', { name: 'bad', path: 'bad' }, 400],
    [
      'an adapter that is not there',
      '/v1/chat/completions',
      { ...hello('Hi'), model: 'smollm2-135m-instruct:no' },
      404,
    ],
  ])('refuses %s and stays up', PATIENCE, async (_name, path, body, status) => {
    await mkdir(join(adapters, 'bad'), { recursive: true })
    for (const file of ['adapter_config.json', 'adapter_model.safetensors']) {
      await writeFile(join(adapters, 'bad', file), 'garbage')
    }
    const reply = await send(path, body)
    const answer = await reply.json()
    expect([reply.status, answer]).toMatchObject([status, { error: { type: 'caller' } }])
    expect((await chat({ max_tokens: 1 })).choices).toHaveLength(1)
  })

  it('answers health checks within 50 ms while it is full', PATIENCE, async () => {
    let working = true
    const load = Promise.all(
      Array.from({ length: 16 }, (_, index) =>
        index % 4 === 0
          ? post('/v1/judgments', { prompt: `${prompt} (${index})`, responses, rubric, cache: 'off' })
          : chat({ max_tokens: 24, seed: index }),
      ),
    ).finally(() => {
      working = false
    })
    const times: number[] = []
    while (working) {
      const before = performance.now()
      expect((await fetch(`${worker.url}/healthz`)).status).toBe(200)
      times.push(performance.now() - before)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    await load
    expect(times.length).toBeGreaterThan(50)
    const slowest = times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.99)]
    expect(slowest).toBeLessThan(50)
  })
})

function hello(content: string) {
  return { model: 'smollm2-135m-instruct', messages: [{ role: 'user', content }], max_tokens: 1 }
}

function constrained(structured_outputs: object) {
  return { ...hello('Hi'), structured_outputs }
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index))
}
