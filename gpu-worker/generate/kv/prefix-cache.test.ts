import { beforeEach, expect, test } from 'vitest'
import type { Device } from '../../runtime/device.ts'
import { openStockDevice } from '../../runtime/stock/device.ts'
import { holds, range, SHAPE, writeTokens } from '../testing/kv.ts'
import { kvBytes } from './kv-shape.ts'
import { PrefixCache } from './prefix-cache.ts'

const PLENTY = 1 << 30
const ROW = kvBytes(SHAPE, 1, 256)

let device: Device
let cache: PrefixCache
beforeEach(async () => {
  device = await openStockDevice({ provider: 'cpu', threads: 1 })
  cache = new PrefixCache(device, SHAPE)
})

const wanted = (tokens: readonly number[], adapter: string | null = null) => ({
  adapter,
  tokens,
  until: tokens.length - 1,
  room: tokens.length,
})

/** Reads what is missing of a text and gives it back. Returns how many of its tokens were known. */
function read(tokens: readonly number[], keep = PLENTY, adapter: string | null = null): number {
  const sequence = cache.acquire(wanted(tokens, adapter), keep)
  const known = sequence.tokens.length
  writeTokens(sequence.kv, 0, tokens.slice(known), known)
  for (const token of tokens.slice(known)) sequence.tokens.push(token)
  expect(holds(sequence.kv, 0, tokens)).toBe(true)
  cache.release(sequence, keep)
  return known
}

test('questions after one long beginning compute only what differs', () => {
  const beginning = range(600)
  expect(read([...beginning, 7000, 7001])).toBe(0)
  for (const question of [8000, 9000]) expect(read([...beginning, question, question + 1])).toBe(600)
  expect(cache.bytes).toBe(3 * ROW)
  expect(cache.counts).toEqual({ hits: 2, misses: 1, evictions: 0 })
})

test('tokens whose logits are wanted are left to run', () => {
  expect(read(range(10))).toBe(0)
  expect(read(range(10))).toBe(9)
  expect(read(range(5))).toBe(4)
})

test('a long continuation is not given up for another: what they share is copied', () => {
  const [one, other] = [range(300), [...range(100), ...range(200, 5000)]]
  read(one)
  expect(read(other)).toBe(100)
  expect(read(one)).toBe(299)
})

test('the least recently used go when the bytes are used up', () => {
  const texts = [range(50, 1000), range(50, 2000), range(50, 3000)] as const
  const keep = 2 * ROW
  read(texts[0], keep)
  read(texts[1], keep)
  expect(read(texts[0], keep)).toBe(49)
  read(texts[2], keep)
  expect(cache.counts.evictions).toBe(1)
  expect(read(texts[0], keep)).toBe(49)
  expect(read(texts[1], keep)).toBe(0)
  expect(cache.bytes).toBe(keep)
})

test('without any bytes every request starts cold', () => {
  read(range(20), 0)
  expect(read(range(20), 0)).toBe(0)
  expect(cache.bytes).toBe(0)
})

test('a sequence grows and keeps what it holds', () => {
  for (let length = 10; length <= 1000; length += 90) {
    expect(read(range(length))).toBe(length === 10 ? 0 : length - 90)
  }
})

test('what was read under one adapter is no use under another, and goes with it', () => {
  read(range(20), PLENTY, 'a')
  expect(read(range(20), PLENTY, 'b')).toBe(0)
  expect(read(range(20))).toBe(0)
  cache.forget('a')
  expect(read(range(20), PLENTY, 'a')).toBe(0)
  expect(read(range(20), PLENTY, 'b')).toBe(19)
})

test('hundreds of sequences are searched in a blink', () => {
  const shared = range(200)
  for (let i = 0; i < 400; i++) read([...shared, ...range(60, 300 + 60 * i)])
  const started = performance.now()
  for (let i = 0; i < 20; i++) {
    cache.release(cache.acquire(wanted([...shared, ...range(60, 300 + 60 * i)]), PLENTY), PLENTY)
  }
  expect((performance.now() - started) / 20).toBeLessThan(20)
})
