import { expect, test } from 'vitest'
import { scheduleSettings } from '../../../shared/protocol/training/training.ts'
import { afterOverflow, afterUpdate, FIRST_LOSS_SCALE } from './loss-scale.ts'
import { learningRateShare } from './schedule.ts'

const shares = (settings: object, total: number | null, updates: readonly number[]) =>
  updates.map((update) => learningRateShare(scheduleSettings.parse(settings), update, total))

test('a warm-up rises to all of the learning rate', () => {
  expect(shares({ warmup: 4 }, null, [0, 1, 3, 4, 1000])).toEqual([0.25, 0.5, 1, 1, 1])
  expect(shares({ warmup: 0.1 }, 20, [0, 1, 2])).toEqual([0.5, 1, 1])
  expect(shares({}, null, [0, 9])).toEqual([1, 1])
})

test('a line and half a cosine go down to 0', () => {
  expect(shares({ kind: 'linear', warmup: 2 }, 12, [0, 1, 2, 7, 11, 12, 99])).toEqual([
    0.5, 1, 1, 0.5, 0.09999999999999998, 0, 0,
  ])
  const cosine = shares({ kind: 'cosine' }, 8, [0, 2, 4, 8])
  expect(cosine).toEqual([1, (1 + Math.SQRT1_2) / 2, 0.5, 0].map((share) => expect.closeTo(share, 12)))
})

test.for([{ kind: 'linear' }, { kind: 'cosine' }, { warmup: 0.5 }])('%o needs a total', (settings) => {
  expect(() => shares(settings, null, [3])).toThrow(/not known beforehand/)
})

test('the scale of a loss is halved by an overflow and doubled by patience', () => {
  expect(afterOverflow(FIRST_LOSS_SCALE)).toBe(FIRST_LOSS_SCALE / 2)
  expect(afterOverflow(1)).toBeNull()
  expect([199, 200, 201, 400].map((updates) => afterUpdate(8, updates))).toEqual([8, 16, 8, 16])
  expect(afterUpdate(1, 200)).toBe(1)
  expect(afterUpdate(2 ** 24, 200)).toBe(2 ** 24)
})
