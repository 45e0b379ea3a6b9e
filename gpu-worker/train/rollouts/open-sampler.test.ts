import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadModel } from '../../generate/load-model.ts'
import { user } from '../../generate/testing/real-model.ts'
import { writeTinyAdapter } from '../../generate/testing/tiny-adapter.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { type Ground, openGround } from '../ground.ts'
import type { Sample, SampleRequest } from '../sampler.ts'
import { tinyModel } from '../testing/tiny-model.ts'

const TEXTS = ['say red twice', 'red red blue green']

let folder: string
let ground: Ground
const opened: Ground[] = []
beforeAll(async () => {
  folder = await scratchFolder()
  await tinyModel(join(folder, 'base'), 3, TEXTS)
  await tinyModel(join(folder, 'other'), 4, TEXTS)
  await writeTinyAdapter(join(folder, 'judge'), 1)
  await writeTinyAdapter(join(folder, 'generator'), 2)
  ground = await open('base')
})
afterAll(async () => {
  for (const one of opened) await one.dispose()
})

async function open(name: string): Promise<Ground> {
  const options = { reference: `file:${join(folder, name)}`, home: folder, threads: 2 }
  const one = await openGround(options, () => {}, new AbortController().signal)
  opened.push(one)
  return one
}

const request = (role: string | null, content: string, of: Partial<SampleRequest> = {}): SampleRequest => ({
  messages: user(content),
  role,
  count: 5,
  maxTokens: 24,
  temperature: 1,
  seed: 7,
  ...of,
})

/** Prompts of unlike lengths, under both adapters and none: rows join and leave the batch all the time. */
const MIXED = [
  request('judge', 'say red', { maxTokens: 40 }),
  request(null, 'say red twice, blue, and then green'),
  request('generator', 'say red', { count: 3, maxTokens: 11 }),
  request('generator', `say ${'red blue '.repeat(40)}`, { count: 7, seed: 8 }),
]

async function load(one: Ground, ...roles: string[]): Promise<void> {
  for (const role of roles) await one.sampler.load(role, join(folder, role))
}

const bits = (samples: Sample[][]) =>
  samples.map((of) => of.map(({ logprobs, ...rest }) => ({ ...rest, logprobs: [...logprobs] })))

describe('samples', () => {
  test('depend on nothing but what is asked for, to the last digit', async () => {
    await load(ground, 'judge', 'generator')
    const first = bits(await ground.sampler.sample(MIXED))
    expect(new Set(first.flat().map(({ text }) => text)).size).toBeGreaterThan(15)
    expect(bits(await ground.sampler.sample(MIXED))).toEqual(first)

    await ground.sampler.sample([request('judge', `say ${'red blue '.repeat(39)}`, { count: 2 })])
    await ground.sampler.choose([{ messages: user('say red'), role: 'judge', choices: ['red', 'blue'] }])
    expect(bits(await ground.sampler.sample(MIXED))).toEqual(first)

    await ground.sampler.load('judge', join(folder, 'generator'))
    expect(bits(await ground.sampler.sample(MIXED))[0]).not.toEqual(first[0])
    await load(ground, 'judge')
    expect(bits(await ground.sampler.sample(MIXED))).toEqual(first)

    const fresh = await open('base')
    await load(fresh, 'generator', 'judge')
    expect(bits(await fresh.sampler.sample(MIXED))).toEqual(first)
  })

  test('of a larger count begin with those of a smaller one', async () => {
    const some = await ground.sampler.sample([request(null, 'say red', { count: 2 })])
    const more = await ground.sampler.sample([request(null, 'say red', { count: 6 })])
    expect(more[0]?.slice(0, 2).map(({ text }) => text)).toEqual(some[0]?.map(({ text }) => text))
  })

  test('carry what the model itself gives each token, whatever they were drawn by', async () => {
    const { sampler, tokenizer } = ground
    const asked = [
      request(null, 'say red', { temperature: 0.6, count: 40, maxTokens: 30 }),
      request(null, 'say red', { temperature: 0, count: 1 }),
    ]
    const samples = (await sampler.sample(asked)).flat()
    const ended = samples.filter(({ finish }) => finish === 'stop')
    expect(ended.length).toBeGreaterThan(0)
    expect(ended.length).toBeLessThan(samples.length)
    for (const { tokens } of ended) expect(tokens.at(-1)).toBe(sampler.end)
    for (const { tokens, finish } of samples) {
      expect(tokens.some((token) => tokenizer.ends.has(token))).toBe(finish === 'stop')
    }

    const limits = { kvBytes: 1 << 27, cacheBytes: 0, maxBatch: 1, pack: 64, scoreBatch: 512 }
    const reference = await loadModel(
      {
        ...{ reference: `file:${join(folder, 'base')}`, home: folder, threads: 1 },
        ...{ precision: 'float32', provider: 'cpu', runtime: undefined, context: undefined, limits },
      },
      () => {},
      new AbortController().signal,
    )
    const prompt = sampler.prompt(user('say red'))
    for (const { tokens, logprobs } of samples.slice(-9)) {
      const rows = await reference.model.logprobs([...prompt, ...tokens], () => {})
      const own = tokens.map((token, index) => rows[prompt.length - 1 + index]?.[token] ?? Number.NaN)
      expect([...logprobs]).toEqual(own.map((value) => expect.closeTo(value, 4)))
    }
    await reference.dispose()
  })

  test('are those of the whole model that a folder holds now, whatever it held before', async () => {
    const place = join(folder, 'rewritten')
    const asked = [request('whole', 'say red')]
    const written = async (seed: number) => {
      await tinyModel(place, seed, TEXTS)
      await ground.sampler.load('whole', place)
      return bits(await ground.sampler.sample(asked))
    }
    const first = await written(5)
    expect(await written(6)).not.toEqual(first)
    expect(await written(5)).toEqual(first)
  })

  test('are those of a whole model where one is loaded for the role, whose folder may be removed', async () => {
    const other = await open('other')
    const expected = bits(await other.sampler.sample([request(null, 'say red')]))
    await tinyModel(join(folder, 'copy'), 4, TEXTS)
    await ground.sampler.load('policy', join(folder, 'copy'))
    await rm(join(folder, 'copy'), { recursive: true })
    expect(bits(await ground.sampler.sample([request('policy', 'say red')]))).toEqual(expected)
  })

  test('stop at a string, and end with the signal', async () => {
    const [[sample] = []] = await ground.sampler.sample([
      request(null, 'say red', { stop: [' '], count: 1, maxTokens: 60 }),
    ])
    expect(sample?.text).not.toContain(' ')
    const given = new AbortController()
    const drawn = ground.sampler.sample([request(null, 'say red', { maxTokens: 400 })], given.signal)
    setTimeout(() => given.abort(new Error('left')), 5)
    await expect(drawn).rejects.toThrow('left')
    await expect(ground.sampler.sample([request('nobody', 'say red')])).rejects.toMatchObject({
      code: 'model_not_found',
    })
  })
})
