import { expect, test } from 'vitest'
import type { DecoderConfig } from '../nn/config.ts'
import { llama } from '../nn/config.ts'
import type { KvState } from './kv-state.ts'
import { PrefixCache } from './prefix-cache.ts'

const CONFIG: DecoderConfig = {
  family: llama,
  layers: 2,
  hidden: 8,
  feedForward: 8,
  heads: 2,
  kvHeads: 2,
  headSize: 4,
  ropeTheta: 10000,
  normEpsilon: 1e-5,
  context: 4096,
  vocabulary: 10000,
}
const PARTS = 2 * CONFIG.layers
const PLENTY = 1 << 30
const STATE_BYTES = PARTS * CONFIG.kvHeads * 256 * CONFIG.headSize * 4

const range = (length: number, from = 0) => Array.from({ length }, (_, i) => from + i)

/** Runs what is missing: each number says which token, part and head it belongs to. */
function fill(state: KvState, tokens: readonly number[]): void {
  const fresh = tokens.slice(state.tokens.length)
  const { kvHeads, headSize } = CONFIG
  const values = new Float32Array(PARTS * kvHeads * fresh.length * headSize)
  for (let part = 0, at = 0; part < PARTS; part++) {
    for (let head = 0; head < kvHeads; head++) {
      for (const token of fresh) for (let i = 0; i < headSize; i++) values[at++] = mark(token, part, head)
    }
  }
  state.append(fresh, values)
}

const mark = (token: number, part: number, head: number) => token * 100 + part * 10 + head

/** Whether the state holds exactly the marks of its tokens. */
function holds(state: KvState, tokens: readonly number[]): boolean {
  const { kvHeads, headSize } = CONFIG
  return (
    state.tokens.join() === tokens.join() &&
    state.tensors.every(({ data, dims: [, , capacity = 0] }, part) =>
      range(kvHeads).every((head) =>
        tokens.every((token, i) => data[(head * capacity + i) * headSize] === mark(token, part, head)),
      ),
    )
  )
}

test('questions after one long prefix run only what differs', () => {
  const cache = new PrefixCache(CONFIG, PLENTY)
  const prefix = range(600)
  fill(cache.acquire([...prefix, 7000, 7001]), [...prefix, 7000, 7001])
  for (const question of [8000, 9000]) {
    const tokens = [...prefix, question, question + 1]
    const state = cache.acquire(tokens)
    expect(state.tokens.length).toBe(600)
    fill(state, tokens)
    expect(holds(state, tokens)).toBe(true)
  }
})

test('the last token is always left to run', () => {
  const cache = new PrefixCache(CONFIG, PLENTY)
  fill(cache.acquire(range(10)), range(10))
  expect(cache.acquire(range(10)).tokens).toEqual(range(9))
  expect(cache.acquire(range(5)).tokens).toEqual(range(4))
})

test('a long continuation is not given up for another: the shared part is copied', () => {
  const cache = new PrefixCache(CONFIG, PLENTY)
  const [one, other] = [range(300), [...range(100), ...range(200, 5000)]]
  fill(cache.acquire(one), one)
  const state = cache.acquire(other)
  expect(state.tokens.length).toBe(100)
  fill(state, other)
  expect(holds(state, other)).toBe(true)
  const back = cache.acquire(one)
  expect(back.tokens.length).toBe(299)
  expect(holds(back, range(299))).toBe(true)
})

test('the least recently used states go when the bytes are used up', () => {
  const cache = new PrefixCache(CONFIG, 2 * STATE_BYTES)
  const texts = [range(50, 1000), range(50, 2000), range(50, 3000)] as const
  for (const tokens of texts.slice(0, 2)) fill(cache.acquire(tokens), tokens)
  expect(cache.acquire(texts[0]).tokens.length).toBe(49)
  fill(cache.acquire(texts[2]), texts[2])
  expect(cache.acquire(texts[0]).tokens.length).toBe(49)
  expect(cache.acquire(texts[1]).tokens.length).toBe(0)
})

test('without any bytes every request starts cold', () => {
  const cache = new PrefixCache(CONFIG, 0)
  fill(cache.acquire(range(20)), range(20))
  fill(cache.acquire(range(20, 500)), range(20, 500))
  expect(cache.acquire(range(20)).tokens).toEqual([])
})

test('a state grows beyond its first capacity and keeps what it holds', () => {
  const state = new PrefixCache(CONFIG, PLENTY).acquire(range(10))
  for (let length = 10; length <= 1000; length += 90) fill(state, range(length))
  expect(holds(state, range(1000))).toBe(true)
})
