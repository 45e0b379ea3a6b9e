import { expect, test } from 'vitest'
import { seededRandom } from '../../shared/statistics/random.ts'
import { argmax, logSoftmax, sample, topIndices } from './sampler.ts'

const LOGITS = Float32Array.from([0.5, 0.1, 0.3, 0.1], Math.log)
const fixed = (value: number) => () => value

/** How often each token is drawn in 20 000 tries. */
function shares(temperature: number, topP: number): number[] {
  const random = seededRandom(7)
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < 20_000; i++) {
    const id = sample(LOGITS, { temperature, topP }, random)
    counts[id] = (counts[id] ?? 0) + 1 / 20_000
  }
  return counts
}

test('log-softmax sums to one, also for large logits', () => {
  const probabilities = Array.from(logSoftmax(Float32Array.of(1000, 1001, 999)), Math.exp)
  expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
  expect(probabilities[1]).toBeCloseTo(1 / (1 + Math.exp(-1) + Math.exp(-2)), 4)
})

test('greedy takes the first of the best', () => {
  expect(sample(Float32Array.of(1, 3, 3), { temperature: 0, topP: 1 }, fixed(0.99))).toBe(1)
  expect(argmax(Float32Array.of(-5, -3, -4))).toBe(1)
})

test('the largest come first, as many as there are', () => {
  expect(topIndices(Float32Array.of(2, 9, 4, 9), 3)).toEqual([1, 3, 2])
  expect(topIndices(Float32Array.of(-2, -1), 5)).toEqual([1, 0])
  expect(topIndices(LOGITS, 0)).toEqual([])
})

test('tokens are drawn as often as they are likely', () => {
  for (const [id, share] of shares(1, 1).entries()) {
    expect(Math.abs(share - Math.exp(LOGITS[id] ?? 0))).toBeLessThan(0.015)
  }
})

test('temperature sharpens: at 0.5 probabilities are squared', () => {
  const total = 0.25 + 0.01 + 0.09 + 0.01
  expect(Math.abs((shares(0.5, 1)[0] ?? 0) - 0.25 / total)).toBeLessThan(0.015)
})

test('top-p keeps the fewest likely tokens that reach it', () => {
  expect(shares(1, 0.45)).toEqual([1, 0, 0, 0].map((share) => expect.closeTo(share, 6)))
  const [first = 0, second, third = 0, fourth] = shares(1, 0.7)
  expect([second, fourth]).toEqual([0, 0])
  expect(Math.abs(first - 0.5 / 0.8)).toBeLessThan(0.015)
  expect(Math.abs(third - 0.3 / 0.8)).toBeLessThan(0.015)
})

test('the ends of the unit interval draw a token that is allowed', () => {
  expect(sample(LOGITS, { temperature: 1, topP: 0.7 }, fixed(0))).toBe(0)
  expect(sample(LOGITS, { temperature: 1, topP: 0.7 }, fixed(1 - 2 ** -32))).toBe(2)
  expect(sample(LOGITS, { temperature: 1, topP: 1e-9 }, fixed(0.5))).toBe(0)
})

test('a seed tells a stream, also beyond 32 bits', () => {
  const draw = (seed: number) => {
    const random = seededRandom(seed)
    return Array.from({ length: 5 }, random)
  }
  expect(draw(1)).toEqual(draw(1))
  const streams = [0, 1, 2, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER].map((seed) => draw(seed).join())
  expect(new Set(streams).size).toBe(streams.length)
  const random = seededRandom(3)
  const many = Array.from({ length: 10_000 }, random)
  expect(many.every((value) => value >= 0 && value < 1)).toBe(true)
  expect(Math.abs(many.reduce((a, b) => a + b) / many.length - 0.5)).toBeLessThan(0.01)
})
