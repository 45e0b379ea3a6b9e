import { expect, test } from 'vitest'
import { countTrie } from './workload.ts'

test('what sequences begin with alike is counted once', () => {
  expect(countTrie([[1, 2, 3]])).toBe(3)
  expect(
    countTrie([
      [1, 2, 3],
      [4, 2, 3],
      [1, 2, 5, 6],
      [1, 2, 3],
      [1, 2],
    ]),
  ).toBe(3 + 2 + 3)
})
