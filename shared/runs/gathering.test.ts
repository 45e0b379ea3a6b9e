import { describe, expect, test } from 'vitest'
import { seededRandom } from '../statistics/random.ts'
import { gathered, isRetry, OPEN_MS, placeOf, RETRY_MS, type Standing, type Waiting } from './gathering.ts'
import { groupKey, memberKey } from './keys.ts'

const open: Standing = { closed: null, free: 3, idleMs: 0 }
const partial: Standing = { closed: 'partial', free: 3, idleMs: 0 }
const full: Standing = { closed: 'full', free: 0, idleMs: 0 }
const fresh = { named: false, vacant: 0, recordedMs: null }

describe('where a member goes', () => {
  test.each([
    ['the first of its prompt', null, 'opens'],
    ['an open group', open, 'joins'],
    ['a group that closed without its size', partial, 'late'],
    ['one that closed with it', full, 'opens'],
    ['a partial one that has its size by now', { ...partial, free: 0 }, 'opens'],
    ['an open one that nobody came to for long', { ...open, idleMs: OPEN_MS + 1 }, 'opens'],
    ['a partial one that nobody came to for long', { ...partial, idleMs: OPEN_MS + 1 }, 'opens'],
  ] as const)('%s', (_, standing, place) => {
    expect(placeOf(standing)).toBe(place)
  })
})

describe('what is a retry', () => {
  test.each([
    ['an id that is there, in an open group', open, { ...fresh, named: true }, true],
    ['an equal text in an open group is another sample', open, fresh, false],
    ['unless a call for it ended without an answer', open, { ...fresh, vacant: 1 }, true],
    ['though its reward is recorded', open, { ...fresh, vacant: 1, recordedMs: 5 }, true],
    ['an equal text in a closed group before it is rewarded', full, fresh, true],
    ['and soon after', full, { ...fresh, recordedMs: RETRY_MS }, true],
    ['but not later: that is the next epoch', full, { ...fresh, recordedMs: RETRY_MS + 1 }, false],
    [
      'nor with an id that the next epoch uses again',
      full,
      { ...fresh, named: true, recordedMs: RETRY_MS + 1 },
      false,
    ],
    ['nor in a group that nobody came to for long', { ...partial, idleMs: OPEN_MS + 1 }, fresh, false],
  ] as const)('%s', (_, standing, twin, expected) => {
    expect(isRetry(standing, twin)).toBe(expected)
  })
})

describe('who is a member', () => {
  const random = seededRandom(6)
  const pick = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => ({ item, rank: random() }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ item }) => item)
  const some = async (): Promise<Waiting[]> =>
    Promise.all(
      Array.from({ length: 1 + Math.floor(random() * 12) }, async () => {
        const id = random() < 0.5 ? null : `s${Math.floor(random() * 3)}`
        const member = { id, response: `r${Math.floor(random() * 3)}`, label: null }
        return { member, key: await memberKey(member) }
      }),
    )

  test('does not depend on the order in which calls come', async () => {
    for (let time = 0; time < 100; time++) {
      const waiting = await some()
      const members = gathered(waiting).map(({ member }) => member)
      expect(gathered(pick(waiting)).map(({ member }) => member)).toEqual(members)
    }
  })

  test('is every call without an id, and each id with its text once', async () => {
    for (let time = 0; time < 100; time++) {
      const waiting = await some()
      const bare = waiting.filter(({ member }) => member.id === null)
      const named = new Set(waiting.filter(({ member }) => member.id !== null).map(({ key }) => key))
      expect(gathered(waiting).length).toBe(bare.length + named.size)
    }
  })
})

test('a prompt is the same group as text and as one message of the user, and another in another way', async () => {
  const asText = await groupKey('Hi', 'a')
  expect(await groupKey([{ role: 'user', content: 'Hi' }], 'a')).toBe(asText)
  expect(await groupKey('Hi', 'b')).not.toBe(asText)
  expect(await groupKey('Hi!', 'a')).not.toBe(asText)
  const member = { id: null, response: 'r', label: null }
  expect(await memberKey({ ...member, label: 'x' })).toBe(await memberKey(member))
  expect(await memberKey({ ...member, id: 'null' })).not.toBe(await memberKey(member))
})
