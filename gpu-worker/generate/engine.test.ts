import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Engine, GenerateRequest } from './engine.ts'
import { openEngine } from './open-engine.ts'
import { argmax } from './sampler.ts'
import { LEDGER, REAL, user, writeReply } from './testing/real-model.ts'

/** What the engine answers, with the real model. */

let engine: Engine
beforeAll(async () => {
  engine = await openEngine(REAL)
}, 300_000)
afterAll(() => engine.close())

const reply = (content: string, options: Partial<GenerateRequest> = {}) =>
  writeReply(engine, content, options)

test('it tells what it is', () => {
  expect(engine.model).toEqual({
    id: 'smollm2-135m-instruct',
    digest: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    context: 8192,
    vocabulary: 49152,
    family: 'llama',
    precision: 'float32',
  })
})

test('log-probabilities are those of llama.cpp on the same numbers', async () => {
  // "The capital of France is Paris, and the capital of Japan is": the best token and token 1234 after each.
  const tokens = [504, 3575, 282, 4649, 314, 7042, 28, 284, 260, 3575, 282, 3085, 314]
  const best = [29, 282, 260, 314, 7042, 30, 284, 357, 3575, 282, 4649, 314, 19081]
  const logprobs = [
    -0.86548, -0.33762, -2.18449, -0.45095, -0.25808, -0.38014, -1.24186, -0.99882, -0.51562, -1.10319,
    -0.99856, -0.02919, -0.04454,
  ]
  const others = [
    -15.40871, -15.77329, -13.4158, -17.72169, -16.67228, -20.40772, -19.57366, -20.40308, -20.06287,
    -20.10437, -15.31565, -20.30526, -21.69088,
  ]
  const rows = await engine.logprobs(tokens)
  expect(rows.map(argmax)).toEqual(best)
  rows.forEach((row, i) => {
    expect(Math.abs((row[best[i] ?? -1] ?? Number.NaN) - (logprobs[i] ?? 0))).toBeLessThan(1e-3)
    expect(Math.abs((row[1234] ?? Number.NaN) - (others[i] ?? 0))).toBeLessThan(1e-3)
    expect(row.reduce((sum, logprob) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 4)
  })
})

describe('generate', () => {
  test('answers, counts and stops by itself', async () => {
    const { text, finish, usage, tokens } = await reply('What is the capital of France?', { topLogprobs: 3 })
    expect(text).toBe('The capital of France is Paris.')
    expect(finish).toBe('stop')
    expect(usage).toMatchObject({ prompt: 37, completion: 7 })
    expect(tokens).toHaveLength(7)
    for (const token of tokens) {
      expect(token.top).toHaveLength(3)
      expect(token.top[0]).toMatchObject({ id: token.id, logprob: token.logprob, text: token.text })
      expect(token.logprob).toBeLessThanOrEqual(0)
      expect(Buffer.from(token.bytes).toString()).toBe(token.text)
    }
  })

  test('the same seed gives the same text, another seed another', async () => {
    const write = async (seed: number) =>
      (await reply('Write a line about rivers.', { temperature: 1.2, topP: 0.95, seed })).text
    const [first, again, other] = [await write(5), await write(5), await write(6)]
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  test('replies that are written together are what each is alone', async () => {
    const questions = ['Paris', 'rivers', 'the moon', 'ants', 'a king', 'bread', 'seven', 'winter'].map(
      (thing) => `Write a line about ${thing}.`,
    )
    const solo: Awaited<ReturnType<typeof reply>>[] = []
    for (const question of questions) solo.push(await reply(question, { maxTokens: 8 }))
    const together = await Promise.all(questions.map((question) => reply(question, { maxTokens: 8 })))
    together.forEach(({ text, tokens }, i) => {
      expect(text).toBe(solo[i]?.text)
      expect(tokens.map(({ logprob }) => logprob)).toEqual(
        solo[i]?.tokens.map(({ logprob }) => expect.closeTo(logprob, 4)),
      )
    })
  })

  test('a reply keeps to its constraint, and its log-probabilities are the model’s own', async () => {
    const constraint = { kind: 'choice' as const, choices: ['Berlin', 'Rome'] }
    const { text, finish, tokens } = await reply('What is the capital of France?', { constraint })
    expect(['Berlin', 'Rome']).toContain(text)
    expect(finish).toBe('stop')
    expect(tokens[0]?.logprob).toBeLessThan(-1)
  })

  test('a stop string ends the reply before it', async () => {
    const { text, finish } = await reply('What is the capital of France?', { stop: [' Paris', 'zzz'] })
    expect(text).toBe('The capital of France is')
    expect(finish).toBe('stop')
  })

  test('the limit of tokens ends the reply', async () => {
    const { finish, usage, text } = await reply('What is the capital of France?', { maxTokens: 3 })
    expect([finish, usage.completion, text]).toEqual(['length', 3, 'The capital of'])
  })

  test('characters of several tokens arrive whole', async () => {
    const request = {
      messages: user('Repeat exactly: 東京 🚀'),
      maxTokens: 12,
      temperature: 0,
      topP: 1,
      seed: 0,
    }
    for await (const event of engine.generate({ ...request, stop: [], topLogprobs: 0 })) {
      if (event.type === 'token') expect(event.text).not.toContain('\ufffd')
    }
  })

  test('what is reused from earlier requests changes no log-probability by more than 1e-4', async () => {
    const question = `${LEDGER} How many crates are on the last line?`
    const cold = await reply(question, { maxTokens: 4, topLogprobs: 20 })
    expect(cold.usage.cached).toBeLessThan(40)
    await reply(`${LEDGER} Which line is the first?`, { maxTokens: 2 })
    const warm = await reply(question, { maxTokens: 4, topLogprobs: 20 })
    expect(warm.usage.cached).toBeGreaterThan(600)
    cold.tokens.forEach((token, position) => {
      const again = new Map(warm.tokens[position]?.top.map(({ id, logprob }) => [id, logprob]))
      for (const { id, logprob } of token.top.slice(0, 10)) {
        expect(Math.abs((again.get(id) ?? Number.NaN) - logprob)).toBeLessThan(1e-4)
      }
    })
  })
})

describe('choose', () => {
  test('probabilities sum to one and follow the question', async () => {
    const choices = [' Paris', 'Paris', 'Banana']
    const { probabilities, tokens } = await engine.choose({
      messages: user('Name the capital of France. One word.'),
      choices,
    })
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 6)
    expect(Math.max(...probabilities.slice(0, 2))).toBeGreaterThan(100 * (probabilities[2] ?? 1))
    expect(tokens.completion).toBe(0)
  })

  test('a single-token choice has the probability that generation reports', async () => {
    const content = 'What is the capital of France?'
    const { tokens } = await reply(content, { maxTokens: 1, topLogprobs: 3 })
    const top = tokens[0]?.top ?? []
    const { probabilities } = await engine.choose({
      messages: user(content),
      choices: top.map(({ text }) => text),
    })
    const mass = top.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)
    expect(probabilities).toEqual(top.map(({ logprob }) => expect.closeTo(Math.exp(logprob) / mass, 4)))
  })

  test('a choice of several tokens has the probability of all of them in a row', async () => {
    const content = 'What is the capital of France?'
    const { tokens } = await reply(content, { maxTokens: 4, topLogprobs: 20 })
    const sequence = tokens.map(({ text }) => text).join('')
    const rival = tokens[0]?.top[1] ?? { text: '', logprob: 0 }
    const { probabilities } = await engine.choose({
      messages: user(content),
      choices: [sequence, rival.text, sequence],
    })
    const expected = tokens.reduce((sum, { logprob }) => sum + logprob, 0) - rival.logprob
    expect(Math.log((probabilities[0] ?? 0) / (probabilities[1] ?? 0))).toBeCloseTo(expected, 3)
    expect(probabilities[2]).toBeCloseTo(probabilities[0] ?? 0, 4)
  })

  test('it stays put whatever else was asked in between', async () => {
    const ask = () => engine.choose({ messages: user(`${LEDGER} Is this a ledger?`), choices: ['Yes', 'No'] })
    const first = await ask()
    await engine.choose({ messages: user('Something else entirely.'), choices: ['Yes', 'No and no'] })
    const again = await ask()
    expect(again.tokens.cached).toBe(first.tokens.prompt - 1)
    expect(again.probabilities).toEqual(first.probabilities.map((p) => expect.closeTo(p, 4)))
  })

  test.for([[[]], [['']], [['a', '']]])('%j are no choices', ([choices]) =>
    expect(engine.choose({ messages: user('?'), choices: choices ?? [] })).rejects.toMatchObject({
      code: 'invalid_request',
    }),
  )
})

test('statistics add up', async () => {
  const before = engine.stats()
  const { usage } = await reply('Count to ten, please.', { maxTokens: 3 })
  await expect.poll(() => engine.stats().tokens.completion - before.tokens.completion).toBe(usage.completion)
  await expect.poll(() => engine.stats().kv.running).toBe(0)
  const { tokens, passes, kv, prefix } = engine.stats()
  expect(tokens.prompt - before.tokens.prompt).toBe(usage.prompt)
  expect(passes.count - before.passes.count).toBe(3)
  expect(kv.cached).toBeGreaterThan(0)
  expect(prefix.hits + prefix.misses).toBe(before.prefix.hits + before.prefix.misses + 1)
})
