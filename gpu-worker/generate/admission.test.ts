import { expect, test } from 'vitest'
import { kvBytes } from './kv/kv-shape.ts'
import { expectSame } from './testing/expect-same.ts'
import { openTiny } from './testing/open-tiny.ts'
import { letterNoise, type TinyReply } from './testing/tiny-model.ts'

/** Who gets memory and turns, on a model of a few thousand weights. */

const PROMPTS = Array.from({ length: 8 }, (_, i) => letterNoise(20 + 60 * i, i + 1))

/** Of one row with room for 256 tokens: the tiny llama's sizes. */
const ROW = kvBytes({ layers: 2, kvHeads: 2, headSize: 16, dtype: 'float32' }, 1, 256)

test('replies wait until the memory that they may need is free; the limit holds', async () => {
  const tiny = await openTiny({ limits: { kvBytes: 5 * ROW, cacheBytes: 2 * ROW } })
  let running = 0
  let most = 0
  let bytes = 0
  const watch = setInterval(() => {
    const { kv } = tiny.model.stats()
    bytes = Math.max(bytes, kv.running + kv.cached)
  }, 1)
  const replies = await Promise.all(
    PROMPTS.slice(0, 4).map(async (prompt) => {
      const reply = await tiny.write(prompt.slice(0, 200), { maxTokens: 50 }, () => {
        running++
        most = Math.max(most, running)
      })
      running--
      return reply
    }),
  )
  clearInterval(watch)
  expect(bytes).toBeGreaterThan(2 * ROW)
  expect(bytes).toBeLessThanOrEqual(5 * ROW)
  expect(replies.map(({ ids }) => ids.length)).toEqual([50, 50, 50, 50])
  // Three rows take the places of four, and a text is read beside them.
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThan(5)
})

test('memory for a part of the context makes a shorter context', async () => {
  const tiny = await openTiny({ limits: { kvBytes: 4 * ROW } })
  expect(await tiny.write('A', { maxTokens: 900 })).toMatchObject({
    finish: 'length',
    ids: { length: 510 },
  })
  await expect(tiny.choose(letterNoise(900, 1), ['A', 'B'])).rejects.toMatchObject({
    code: 'context_exceeded',
  })
  expect((await tiny.choose(letterNoise(511, 1), ['A', 'B'])).probabilities).toHaveLength(2)
})

test('replies that may become long run together, and give way as they grow', async () => {
  const alone = await openTiny()
  const contents = [1, 2, 3, 4, 5, 6].map((seed) => letterNoise(40, seed))
  const options = { maxTokens: 800, temperature: 1, stop: [] as string[] }
  const solo: TinyReply[] = []
  for (const [seed, content] of contents.entries())
    solo.push(await alone.write(content, { ...options, seed }))
  expect(Math.max(...solo.map(({ ids }) => ids.length))).toBeGreaterThan(700)
  // Enough for four rows of 768 tokens with nothing beside.
  const tiny = await openTiny({ limits: { kvBytes: 12 * ROW } })
  const before = alone.model.stats().passes
  let bytes = 0
  const watch = setInterval(() => {
    const { kv } = tiny.model.stats()
    bytes = Math.max(bytes, kv.running + kv.cached)
  }, 1)
  const together = await Promise.all(
    contents.map((content, seed) => tiny.write(content, { ...options, seed })),
  )
  clearInterval(watch)
  together.forEach((reply, i) => {
    expectSame(reply, solo[i] ?? reply)
  })
  const { passes } = tiny.model.stats()
  // Some were read more than once, for want of memory.
  expect(passes.tokens).toBeGreaterThan(before.tokens + 300)
  expect(passes.count).toBeLessThan(before.count / 2)
  expect(bytes).toBeLessThanOrEqual(12 * ROW)
  await expect.poll(() => tiny.model.stats().kv.running).toBe(0)
})

test('a reply that is given up frees its place at the next step', async () => {
  const tiny = await openTiny({ limits: { maxBatch: 1 } })
  const abort = new AbortController()
  const started = Promise.withResolvers<void>()
  const long = tiny.write('ABC', { maxTokens: 1000, signal: abort.signal }, started.resolve)
  const next = tiny.write('ABD', { maxTokens: 2 })
  const waiting = tiny.write('ABE', { maxTokens: 2, signal: abort.signal })
  await started.promise
  await new Promise((resolve) => setTimeout(resolve, 20))
  abort.abort(new Error('enough'))
  const given = await Promise.allSettled([long, waiting])
  expect(given).toMatchObject(Array(2).fill({ status: 'rejected', reason: { message: 'enough' } }))
  expect((await next).ids).toHaveLength(2)
  await expect.poll(() => tiny.model.stats().kv.running).toBe(0)
})

test('a caller with many requests does not hold up another', async () => {
  const tiny = await openTiny({ limits: { maxBatch: 1 } })
  const order: string[] = []
  const ask = (caller: string) => tiny.write('ABC', { caller, maxTokens: 4 }, () => order.push(caller))
  await Promise.all([...Array.from({ length: 6 }, () => ask('many')), ask('few'), ask('few')])
  expect(order.slice(0, 5).filter((caller) => caller === 'few')).toHaveLength(2)
})

test('a question is answered while a long reply is being written', async () => {
  const tiny = await openTiny()
  let over = false
  const long = tiny.write('ABC', { maxTokens: 900 }).finally(() => {
    over = true
  })
  for (let i = 0; i < 3; i++) await tiny.choose(letterNoise(600, i), ['A', 'B'])
  expect(over).toBe(false)
  await long
})

test('a question does not wait for a long text to be read', async () => {
  const tiny = await openTiny()
  const order: string[] = []
  const started = Promise.withResolvers<void>()
  const long = tiny
    .write(letterNoise(1000, 1), { maxTokens: 1 }, started.resolve)
    .then(() => order.push('long'))
  await started.promise
  await tiny.choose(letterNoise(20, 2), ['A', 'B']).then(() => order.push('question'))
  await long
  expect(order).toEqual(['question', 'long'])
})
