import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Engine, GenerateRequest } from './engine.ts'
import { openEngine } from './open-engine.ts'
import { LEDGER, REAL, user, writeReply } from './testing/real-model.ts'

/** What the engine refuses, gives up and ends with, with the real model. */

let engine: Engine
beforeAll(async () => {
  engine = await openEngine(REAL)
}, 300_000)
afterAll(() => engine.close())

const reply = (content: string, options: Partial<GenerateRequest> = {}, from = engine) =>
  writeReply(from, content, options)

test('a text beyond the context is refused with its numbers', async () => {
  const long = 'word '.repeat(8200)
  await expect(reply(long)).rejects.toThrow(
    /^The text takes 82\d\d tokens .* the model holds 8192; shorten it\.$/,
  )
  await expect(engine.choose({ messages: user(long), choices: ['a'] })).rejects.toMatchObject({
    code: 'context_exceeded',
  })
})

test('megabytes that can not fit are refused before they are cut into tokens', async () => {
  const started = performance.now()
  await expect(reply('a'.repeat(8_000_000))).rejects.toThrow(
    /^The text takes at least \d+ tokens .* the model holds 8192; shorten it\.$/,
  )
  // Cutting them takes over ten seconds.
  expect(performance.now() - started).toBeLessThan(2000)
})

test('one word of a hundred thousand letters and more is refused before it is cut into tokens', async () => {
  for (const letter of [' ', 'a', '=', '水']) {
    const started = performance.now()
    await expect(reply(letter.repeat(200_000))).rejects.toMatchObject({ code: 'invalid_request' })
    await expect(engine.choose({ messages: user('?'), choices: [letter.repeat(200_000)] })).rejects.toThrow(
      /^The text has 2000\d\d characters in stretches of over 2000 without a space between words; .* shorten them\.$/,
    )
    expect(performance.now() - started).toBeLessThan(1000)
  }
})

test('a request that is given up ends between two steps, and the next one runs', async () => {
  const abort = new AbortController()
  const started = performance.now()
  const long = reply('Tell me a very long story.', {
    maxTokens: 5000,
    temperature: 1,
    signal: abort.signal,
  })
  setTimeout(() => abort.abort(new Error('enough')), 200)
  await expect(long).rejects.toThrow('enough')
  expect(performance.now() - started).toBeLessThan(5000)
  expect((await reply('Hello', { maxTokens: 1 })).usage.completion).toBe(1)
  await expect.poll(() => engine.load).toEqual({ queued: 0, running: 0 })
})

test('who stops reading stops the model', async () => {
  const request = {
    messages: user('Tell me a very long story.'),
    maxTokens: 5000,
    temperature: 1,
    topP: 1,
    seed: 0,
  }
  for await (const _ of engine.generate({ ...request, stop: [], topLogprobs: 0 })) break
  expect((await reply('Hello', { maxTokens: 1 })).usage.completion).toBe(1)
})

test('requests wait for one another while the caller stays responsive', async () => {
  let ticks = 0
  const timer = setInterval(() => ticks++, 5)
  const all = Promise.all(['a', 'b', 'c'].map((letter) => reply(`${LEDGER} ${letter}?`, { maxTokens: 2 })))
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(engine.load).toEqual({ queued: 2, running: 1 })
  expect((await all).map(({ usage }) => usage.completion)).toEqual([2, 2, 2])
  clearInterval(timer)
  expect(ticks).toBeGreaterThan(20)
})

test('tokens that are none are refused', async () => {
  await expect(engine.logprobs([1, 49152])).rejects.toMatchObject({ code: 'invalid_request' })
  await expect(engine.logprobs([])).rejects.toMatchObject({ code: 'invalid_request' })
})

test('a device that is not there is refused before a model is fetched', async () => {
  const told: string[] = []
  const opening = openEngine({
    ...REAL,
    provider: 'cuda',
    runtime: 'stock',
    onProgress: ({ detail = '' }) => void told.push(detail),
  })
  await expect(opening).rejects.toMatchObject({ code: 'not_configured' })
  expect(told).toEqual([])
})

test('memory that holds a part of the context is said, and less is refused', async () => {
  const told: string[] = []
  const small = await openEngine({
    ...REAL,
    kvBytes: 60e6,
    onProgress: ({ detail = '' }) => void told.push(detail),
  })
  expect(small.model.context).toBe(511)
  expect(told.at(-1)).toContain('of whose 8192 tokens of context PLUMBLINE_KV_BYTES holds 511')
  expect((await reply('Hello', { maxTokens: 8192 }, small)).finish).toBe('stop')
  await small.close()
  await expect(openEngine({ ...REAL, kvBytes: 1e6 })).rejects.toThrow(
    /^PLUMBLINE_KV_BYTES is 1000000, too little for texts of 256 tokens: set it to \d+ or more\.$/,
  )
})

test('an engine whose model can not be had says why in one sentence', async () => {
  await expect(openEngine({ ...REAL, reference: 'file:/no/such.gguf' })).rejects.toMatchObject({
    code: 'not_configured',
    message: 'No weights file can be read at /no/such.gguf; check the path.',
  })
})

test('an opening can be given up', async () => {
  const stop = new AbortController()
  const opening = openEngine({
    ...REAL,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  })
  await expect(opening).rejects.toThrow('The engine was closed')
})

test('closing cuts off what runs and what waits, and takes nothing new', async () => {
  const other = await openEngine(REAL)
  const running = reply('Tell me a very long story.', { maxTokens: 5000, temperature: 1 }, other)
  const waiting = reply(LEDGER, { maxTokens: 2 }, other)
  const failures = Promise.allSettled([running, waiting])
  await expect.poll(() => other.load.running).toBeGreaterThan(0)
  await other.close()
  for (const failure of await failures) {
    expect(failure).toMatchObject({
      status: 'rejected',
      reason: { message: 'The engine was closed; open it again.' },
    })
  }
  await expect(reply('Hello', {}, other)).rejects.toThrow('The engine was closed')
  await other.close()
})
