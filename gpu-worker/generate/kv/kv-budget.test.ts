import { expect, test } from 'vitest'
import { SHAPE } from '../testing/kv.ts'
import { contextWithin, KvBudget } from './kv-budget.ts'
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

test('a row grows as long as the others leave memory for it', () => {
  const shared = budget(5)
  const need = { prompt: 100, row: 200 }
  const other = { ...need }
  shared.admit(need)
  shared.leavePrompt(need)
  expect(shared.grow(need, 1200)).toBe(true)
  expect(shared.running).toBe(5 * ROW)
  expect(shared.grow(need, 1300)).toBe(false)
  expect(shared.running).toBe(5 * ROW)
  expect(shared.fits(other)).toBe(false)
  shared.leaveBatch(need)
  shared.admit(other)
  shared.admit(need)
  // Both rows would get room for 600, beside the texts that are being read.
  expect(shared.grow(other, 600)).toBe(false)
  shared.leavePrompt(need)
  shared.leavePrompt(other)
  expect(shared.grow(other, 500)).toBe(true)
})

test('a context is as long as memory holds its text and its row', () => {
  expect(contextWithin(100 * ROW, SHAPE, 1024)).toBe(1024)
  expect(contextWithin(10 * ROW, SHAPE, 1024)).toBe(1024)
  expect(contextWithin(10 * ROW - 1, SHAPE, 1024)).toBe(1023)
  expect(contextWithin(5 * ROW, SHAPE, 1024)).toBe(511)
  expect(contextWithin(2 * ROW, SHAPE, 100)).toBe(100)
})

test('memory that holds next to nothing is refused with what to set', () => {
  expect(() => contextWithin(4 * ROW - 1, SHAPE, 1024)).toThrow(
    `PLUMBLINE_KV_BYTES is ${4 * ROW - 1}, too little for texts of 256 tokens: set it to ${4 * ROW} or more.`,
  )
  expect(contextWithin(4 * ROW, SHAPE, 1024)).toBe(511)
})
