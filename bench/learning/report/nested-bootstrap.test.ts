import { expect, test } from 'vitest'
import { mean } from '../../../shared/statistics/moments.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { nestedBootstrap } from './nested-bootstrap.ts'

const random = seededRandom(8)
const noise = (count: number, around: number) => Array.from({ length: count }, () => around + random() - 0.5)

test('of one run it is as wide as the normal interval of its mean', () => {
  const values = noise(400, 3)
  const found = nestedBootstrap([values], 1)
  const error = Math.sqrt(1 / 12 / 400)
  expect(found?.mean).toBeCloseTo(mean(values), 12)
  expect((found?.high ?? 0) - (found?.low ?? 0)).toBeCloseTo(2 * 1.96 * error, 2)
})

test('runs that differ make it wider than their units do', () => {
  const apart = nestedBootstrap([noise(400, 2), noise(400, 3), noise(400, 4)], 1)
  expect(apart?.low).toBeLessThan(2.5)
  expect(apart?.high).toBeGreaterThan(3.5)
})

test('is the same for the same seed, and null without values', () => {
  const runs = [noise(20, 0), noise(30, 0)]
  expect(nestedBootstrap(runs, 4)).toEqual(nestedBootstrap(runs, 4))
  expect(nestedBootstrap([[], []], 4)).toBeNull()
})
