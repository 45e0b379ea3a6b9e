import { expect, test } from 'vitest'
import { branchPlaces } from './branch-places.ts'

const LANED = { tokens: 10 + 2 * 6, lanes: { count: 2, tokens: 6 } }

test('without lanes branches lie behind the prompt', () => {
  expect(branchPlaces({ tokens: 12 }, 4, [3, 5])).toEqual([9, 4])
  expect(branchPlaces({ tokens: 12 }, 4, [4, 5])).toBeNull()
  expect(branchPlaces({ tokens: 3 }, 4, [])).toBeNull()
})

test('with lanes each lies where the least room is left, the longest first', () => {
  // 6 and 5 take a lane each, 4 what is left of the trunk, 1 the rest of the second lane.
  expect(branchPlaces(LANED, 6, [4, 6, 1, 5])).toEqual([6, 10, 21, 16])
  // A prompt that fills the trunk.
  expect(branchPlaces(LANED, 10, [2, 3, 4, 3])).toEqual([14, 16, 10, 19])
})

test('a branch is never cut, and a prompt must fit the trunk', () => {
  expect(branchPlaces(LANED, 10, [7])).toBeNull()
  expect(branchPlaces(LANED, 10, [4, 4, 4])).toBeNull()
  expect(branchPlaces(LANED, 11, [1])).toBeNull()
  expect(branchPlaces(LANED, 10, [6, 6, 0])).not.toBeNull()
})
