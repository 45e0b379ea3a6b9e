import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { writeTinyAdapter } from './testing/tiny-adapter.ts'
import { letterNoise, TinyModel } from './testing/tiny-model.ts'

let folder: string
let first: string
let second: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-adapters-'))
  first = await writeTinyAdapter(join(folder, 'first'), 1)
  second = await writeTinyAdapter(join(folder, 'second'), 2, 8)
})
afterAll(() => rm(folder, { recursive: true }))

let tiny: TinyModel
beforeEach(async () => {
  tiny = await TinyModel.open()
})
afterEach(() => tiny.dispose())

const PROMPT = letterNoise(80, 1)
const write = (adapter?: string, maxTokens = 12) =>
  tiny.write(PROMPT, { maxTokens, ...(adapter !== undefined && { adapter }) })
const choose = (adapter?: string) =>
  tiny.choose(PROMPT, ['A', 'BC', 'D'], adapter === undefined ? {} : { adapter })

test('requests under different adapters and none share a batch, and each gets what it gets alone', async () => {
  const base = await write()
  const info = await tiny.model.loadAdapter('one', first)
  expect(info).toEqual({ name: 'one', digest: expect.stringMatching(/^\w{64}$/), rank: 4 })
  await tiny.model.loadAdapter('two', second)
  const solo = [base, await write('one'), await write('two')]
  expect(new Set(solo.map(({ text }) => text)).size).toBe(3)
  const before = tiny.model.stats().passes
  const together = await Promise.all([write(), write('one'), write('two'), write('one')])
  expect(together.map(({ text }) => text)).toEqual([0, 1, 2, 1].map((i) => solo[i]?.text))
  together.forEach((reply, i) => {
    const alone = solo[[0, 1, 2, 1][i] ?? 0]
    expect(reply.logprobs).toEqual(alone?.logprobs.map((logprob) => expect.closeTo(logprob, 4)))
  })
  const { passes } = tiny.model.stats()
  expect((passes.rows - before.rows) / (passes.count - before.count)).toBeGreaterThan(2)
})

test('choices are scored under the adapter that is named, and nothing is reused between adapters', async () => {
  await tiny.model.loadAdapter('one', first)
  const [base, one] = [await choose(), await choose('one')]
  expect(one.tokens.cached).toBe(0)
  expect(Math.abs((one.probabilities[0] ?? 0) - (base.probabilities[0] ?? 0))).toBeGreaterThan(1e-3)
  const together = await Promise.all([choose(), choose('one')])
  expect(together.map(({ probabilities }) => probabilities)).toEqual(
    [base, one].map(({ probabilities }) => probabilities.map((p) => expect.closeTo(p, 5))),
  )
})

test('an adapter that is loaded under a name in use takes its place, for who comes then', async () => {
  await tiny.model.loadAdapter('it', first)
  const old = await write('it', 40)
  const running = write('it', 40)
  await tiny.model.loadAdapter('it', second)
  const fresh = await write('it', 40)
  expect((await running).text).toBe(old.text)
  expect(fresh.text).not.toBe(old.text)
  expect(fresh.cached).toBe(0)
})

test('an adapter is unloaded once it has answered; nobody gets it from then on', async () => {
  await tiny.model.loadAdapter('it', first)
  let answered = false
  const running = write('it', 60).then(() => {
    answered = true
  })
  const unloading = tiny.model.unloadAdapter('it')
  await expect(write('it')).rejects.toMatchObject({ code: 'model_not_found' })
  await unloading
  expect(answered).toBe(true)
  await running
  await expect(tiny.model.unloadAdapter('it')).rejects.toMatchObject({ code: 'model_not_found' })
  expect((await write()).text).toHaveLength(12)
})

test('adapters that do not fit are refused, and harm nothing', async () => {
  const large = await writeTinyAdapter(join(folder, 'large'), 3, 200)
  for (const place of [join(folder, 'none'), large]) {
    await expect(tiny.model.loadAdapter('it', place)).rejects.toMatchObject({ code: 'invalid_request' })
  }
  await expect(write('it')).rejects.toMatchObject({ code: 'model_not_found' })
  expect((await write()).text).toHaveLength(12)
})

test('there is a bound to how many are loaded', async () => {
  for (let i = 0; i < 16; i++) await tiny.model.loadAdapter(`adapter-${i}`, first)
  await expect(tiny.model.loadAdapter('one-more', first)).rejects.toThrow(/16 adapters are loaded/)
  await tiny.model.loadAdapter('adapter-0', second)
  await tiny.model.unloadAdapter('adapter-1')
  await tiny.model.loadAdapter('one-more', first)
})

test('more are served than have room: what is asked for comes in, what was longest unused goes, the loaded stay', async () => {
  await tiny.model.loadAdapter('by-hand', second)
  const byHand = await write('by-hand')
  for (let i = 0; i < 20; i++) await tiny.model.offerAdapter(`job-${i}`, first)
  const one = await write('job-0')
  expect(one.text).not.toBe(byHand.text)
  const again = await write('job-0', 12)
  expect(again.cached).toBeGreaterThan(0)
  for (let i = 1; i < 20; i++) expect((await write(`job-${i}`)).text).toBe(one.text)
  const back = await write('job-0')
  expect([back.text, back.cached]).toEqual([one.text, 0])
  expect((await write('by-hand')).text).toBe(byHand.text)
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) => write(`job-${i}`)))
  expect(new Set(all.map(({ text }) => text))).toEqual(new Set([one.text]))
})

test('an adapter that answers is put out only once it has answered', async () => {
  for (let i = 0; i < 15; i++) await tiny.model.loadAdapter(`by-hand-${i}`, second)
  await tiny.model.offerAdapter('one', first)
  await tiny.model.offerAdapter('two', second)
  const alone = await write('one', 40)
  const order: string[] = []
  const note = (name: string) => (reply: { text: string }) => {
    order.push(name)
    return reply
  }
  const [busy, next] = await Promise.all([
    write('one', 40).then(note('one')),
    write('two', 4).then(note('two')),
  ])
  expect(order).toEqual(['one', 'two'])
  expect(busy.text).toBe(alone.text)
  expect(next.text).toBe((await write('by-hand-0', 4)).text)
  await tiny.model.loadAdapter('by-hand-15', second)
  await expect(write('one')).rejects.toThrow(/16 adapters are loaded/)
})

test('an offered adapter is itself or nothing: another in its folder is not served in its name', async () => {
  const place = await writeTinyAdapter(join(folder, 'changed'), 1)
  await tiny.model.offerAdapter('it', place)
  await writeTinyAdapter(place, 3)
  await expect(write('it')).rejects.toMatchObject({ code: 'model_not_found' })
  const unread = tiny.model.offerAdapter('gone', join(folder, 'none'))
  await expect(unread).rejects.toMatchObject({ code: 'invalid_request' })
  await tiny.model.offerAdapter('it', place)
  expect((await write('it')).text).toHaveLength(12)
  await tiny.model.unloadAdapter('it')
  await expect(write('it')).rejects.toMatchObject({ code: 'model_not_found' })
})
