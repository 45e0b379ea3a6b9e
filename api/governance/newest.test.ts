import { expect, test } from 'vitest'
import { openPlatform } from '#test-platform'
import { LIMITS } from '../platform/limits.ts'
import { TEST_VARIABLES } from '../testing/variables.ts'
import { createNewest, type Numbers } from './newest.ts'

/** A shelf of which only the newest versions are asked for, and a clock of ours. */
function openNewest() {
  const values: Record<string, string | undefined> = TEST_VARIABLES
  const platform = openPlatform((name) => values[name], fetch)
  const state = { time: 1000, version: 1, reads: 0, slow: null as Promise<void> | null }
  const shelf = {
    ...platform.shelf,
    async newest(): Promise<Numbers> {
      state.reads++
      const numbers = [{ name: 'house', version: state.version }]
      await state.slow
      return numbers
    },
  }
  const newest = createNewest({ shelf, now: () => state.time })
  const recent = async () => (await newest.recent('lab'))[0]?.version
  return { state, newest, recent }
}

test('judgments ask the shelf once in a while, and see another process within that', async () => {
  const { state, recent } = openNewest()
  expect([await recent(), await recent(), state.reads]).toEqual([1, 1, 1])
  state.version = 2
  state.time += LIMITS.newestMs - 1
  expect([await recent(), state.reads]).toEqual([1, 1])
  state.time += 2
  expect([await recent(), state.reads]).toEqual([2, 2])
})

test('what was filed here is seen at once, also by a read that began before', async () => {
  const { state, newest, recent } = openNewest()
  await recent()
  state.version = 2
  newest.forget('lab')
  expect(await recent()).toBe(2)
  newest.forget('lab')
  const { promise, resolve } = Promise.withResolvers<void>()
  state.slow = promise
  const early = recent()
  state.version = 3
  newest.forget('lab')
  resolve()
  expect([await early, await recent()]).toEqual([2, 3])
})
