import { expect, test } from 'vitest'
import { SHAPE } from '../testing/kv.ts'
import { KvBudget } from './kv-budget.ts'
import { kvBytes } from './kv-shape.ts'

const ROW = kvBytes(SHAPE, 1, 256)
const budget = (rows: number, cacheLimit = 100 * ROW, batchBytes = () => 0) =>
  new KvBudget(SHAPE, { limit: rows * ROW, cacheLimit, batchBytes })

test('requests are let in while the most that they can come to fits', () => {
  const shared = budget(5)
  const need = { prompt: 100, row: 200 }
  const other = { ...need }
  expect(shared.fits(need)).toBe(true)
  shared.admit(need)
  expect(shared.running).toBe(2 * ROW)
  expect(shared.spare).toBe(3 * ROW)
  expect(shared.fits(other)).toBe(true)
  shared.leavePrompt(need)
  shared.admit(other)
  // Two rows and a text being read; three rows take the places of four.
  expect(shared.running).toBe(3 * ROW)
  shared.leavePrompt(other)
  expect(shared.fits({ prompt: 100, row: 200 })).toBe(true)
  expect(shared.fits({ prompt: 100, row: 300 })).toBe(false)
  shared.leaveBatch(need)
  shared.leaveBatch(other)
  expect(shared.running).toBe(0)
})

test('the cache gets what is left, within its own limit', () => {
  const shared = budget(4, 3 * ROW)
  expect(shared.spare).toBe(3 * ROW)
  shared.admit({ prompt: 300, row: null })
  expect(shared.spare).toBe(2 * ROW)
})

test('memory that the batch has not given back yet is counted', () => {
  let held = 4 * ROW
  const shared = budget(5, 0, () => held)
  expect(shared.fits({ prompt: 100, row: 100 })).toBe(true)
  expect(shared.fits({ prompt: 300, row: 100 })).toBe(false)
  held = 0
  expect(shared.fits({ prompt: 300, row: 100 })).toBe(true)
})

test('what never fits is refused with the setting to change', () => {
  expect(() => budget(5).refuseOversized({ prompt: 100, row: 1000 })).not.toThrow()
  expect(() => budget(5).refuseOversized({ prompt: 300, row: 1100 })).toThrow(
    /^The request may come to 1100 tokens, whose keys and values take \d+ MiB, .* raise PLUMBLINE_KV_BYTES\.$/,
  )
})
