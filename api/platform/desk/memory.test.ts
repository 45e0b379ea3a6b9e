import { expect, test } from 'vitest'
import { type Makers, openMemory } from './memory.ts'

const nothingKept = { recall: () => null }

test('judgments under way share one maker', async () => {
  const makers: Makers = new Map()
  const [ours, theirs] = [1, 2].map(() => openMemory('lab', makers, nothingKept))
  let made = 0
  const make = async () => ++made
  expect(await Promise.all([ours?.recall('a', make), theirs?.recall('a', make)])).toEqual([1, 1])
  expect([ours?.made, theirs?.made]).toEqual([[['a', '1']], []])
})

test("a judgment that fails does not fail another's: who waited makes the piece, and others join that", async () => {
  const makers: Makers = new Map()
  const failing = openMemory('lab', makers, nothingKept)
  const waiting = openMemory('lab', makers, nothingKept)
  const later = openMemory('lab', makers, nothingKept)
  const failed = failing.recall('a', () => Promise.reject(new Error('a failure of its own')))
  let made = 0
  const make = async () => ++made
  const waited = waiting.recall('a', make)
  await expect(failed).rejects.toThrow('a failure of its own')
  failing.release()
  expect([await waited, await later.recall('a', make)]).toEqual([1, 1])
})

test('without records, judgments with the same makers see what these made, also after it is filed', async () => {
  const kept = { recall: () => '7' }
  expect(await openMemory('lab', new Map(), kept).recall('a', async () => 8)).toBe(7)
  const makers: Makers = new Map()
  const first = openMemory('lab', makers, null)
  expect(await first.recall('a', async () => 8)).toBe(8)
  first.release()
  const second = openMemory('lab', makers, null)
  expect(await second.recall('a', async () => 9)).toBe(8)
  expect([first.made, second.made]).toEqual([[['a', '8']], []])
})
