import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { runSettings } from '../../../shared/protocol/run.ts'
import { OPEN_MS, RETRY_MS } from '../../../shared/runs/gathering.ts'
import type { Member, Recorded } from '../../../shared/runs/member.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import { openSqlite } from '../server/sqlite.ts'
import type { Entering } from './port.ts'
import { createRunRecords } from './records.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const member = (response: string, id: string | null = null): Member => ({ id, response, label: null })
const rewarded = (reward: number): Recorded => ({
  reward,
  score: reward,
  judgments: [],
  classes: {},
  masked: false,
})
const asked: Omit<Entering, 'members' | 'call'> = {
  ...{ prompt: 'Hi', repeats: true, way: '{}', size: 4, waitMs: 1000, metaRubric: null, anchored: false },
}

/** Records with a run in them. `reopen` is a process that begins anew on the same disk. */
async function openRecords() {
  const sql = openSqlite(':memory:')
  const records = { now: createRunRecords(sql, Date.now) }
  await records.now.create('org', 'run', runSettings.parse({ prompts_per_step: 2 }))
  let calls = 0
  let underWay = 0
  const enter = async (members: Member[], given: Partial<Entering> = {}) => {
    const place = { ...asked, call: `c${++calls}`, members, ...given }
    underWay++
    return (await records.now.enter('org', 'run', place).finally(() => underWay--)) ?? []
  }
  const groups = () => records.now.groups('org', 'run', { before: null, limit: 100 })
  const waitingNow = async () => (await groups()).reduce((sum, { waiting }) => sum + waiting, 0)
  const record = (group: string, found: [Member, Recorded][]) =>
    records.now.record('org', 'run', group, { found, anchor: null, spent: null })
  return {
    enter,
    record,
    /** An array of calls that wait, once they do. */
    async waiting(responses: string[], given: Partial<Entering> = {}) {
      const calls = responses.map((response) => enter([member(response)], given))
      // hashing takes turns of the real loop
      while ((await waitingNow()) < underWay) await new Promise((resolve) => setImmediate(resolve))
      return calls
    },
    at: () => records.now,
    reopen: () => {
      records.now = createRunRecords(sql, Date.now)
      underWay = 0
    },
    groups,
  }
}

describe('a group that waits', () => {
  test('closes at its size with the members in one order, whoever came first', async () => {
    const random = seededRandom(3)
    const found = new Set<string>()
    for (let time = 0; time < 20; time++) {
      const { waiting } = await openRecords()
      const order = ['a', 'b', 'c', 'a'].toSorted(() => random() - 0.5)
      const entries = (await Promise.all(await waiting(order))).flat()
      for (const { group, late, recorded } of entries) {
        expect({ late, recorded, closed: group.closed }).toEqual({
          late: false,
          recorded: null,
          closed: 'full',
        })
        found.add(JSON.stringify(group.members))
      }
    }
    expect(found.size).toBe(1)
  })

  test('closes when the first who waits can wait no longer, and no sooner', async () => {
    const { enter, waiting, groups } = await openRecords()
    const first = await waiting(['a'], { waitMs: 500 })
    await vi.advanceTimersByTimeAsync(300)
    const second = await waiting(['b'], { waitMs: 10_000 })
    expect((await groups())[0]).toMatchObject({ closed: null, waiting: 2 })
    await vi.advanceTimersByTimeAsync(250)
    const [entry] = (await Promise.all([...first, ...second])).flat()
    expect(entry?.group).toMatchObject({ closed: 'partial' })
    expect(entry?.group.members.map(({ response }) => response).toSorted()).toEqual(['a', 'b'])
    const [late] = await enter([member('c')])
    expect(late).toMatchObject({ late: true, recorded: null, group: { id: entry?.group.id } })
  })

  test('of two groups of a prompt, which are rewarded in two ways, each has its own members', async () => {
    const { waiting } = await openRecords()
    const one = await waiting(['a', 'b'], { way: 'one', size: 2 })
    const other = await waiting(['a', 'b'], { way: 'other', size: 2 })
    const ids = (await Promise.all([...one, ...other])).flat().map(({ group }) => group.id)
    expect(new Set(ids).size).toBe(2)
  })

  test('a process that begins anew has nobody waiting; retries find the group, and it closes', async () => {
    const { waiting, reopen, groups } = await openRecords()
    await waiting(['a', 'b', 'c'])
    const [before] = await groups()
    reopen()
    expect((await groups())[0]).toMatchObject({ id: before?.id, waiting: 0, members: [] })
    const entries = (await Promise.all(await waiting(['d', 'a', 'b', 'c']))).flat()
    for (const { group } of entries) expect(group).toMatchObject({ id: before?.id, closed: 'full' })
    expect((await groups()).length).toBe(1)
  })

  test('a group that closed before the process ended is rewarded by those who come again', async () => {
    const { waiting, reopen, enter, record } = await openRecords()
    const [entry] = (await Promise.all(await waiting(['a', 'b', 'c', 'd']))).flat()
    reopen()
    const [again] = await enter([member('b')])
    expect(again).toMatchObject({
      late: false,
      recorded: null,
      group: { id: entry?.group.id, closed: 'full' },
    })
    await record(String(entry?.group.id), [[member('b'), rewarded(0.5)]])
    expect((await enter([member('b')]))[0]?.recorded).toEqual(rewarded(0.5))
  })

  test('one that nobody came to in the end makes room for the next, which counts in its place', async () => {
    const { waiting, groups, at } = await openRecords()
    const alone = await waiting(['a'])
    await vi.advanceTimersByTimeAsync(1000)
    expect((await Promise.all(alone))[0]?.[0]?.group.closed).toBeNull()
    await vi.advanceTimersByTimeAsync(OPEN_MS + 1)
    await Promise.all(await waiting(['a', 'b', 'c', 'd']))
    const made = await groups()
    expect(made.map(({ sequence, closed, number, step }) => ({ sequence, closed, number, step }))).toEqual([
      { sequence: 0, closed: 'full', number: 1, step: 0 },
    ])
    expect(await at().read('org', 'run')).toMatchObject({ step: 1, groups: 1 })
  })

  test('whoever hung up and asks for the prompt in a later step opens a group of that step', async () => {
    const { waiting, groups, at } = await openRecords()
    const calls = await waiting(['a'], { call: 'gone' })
    await at().leave('org', 'run', 'gone')
    await Promise.all(calls)
    await vi.advanceTimersByTimeAsync(OPEN_MS + 1)
    for (const way of ['two', 'three']) await Promise.all(await waiting(['a', 'b', 'c', 'd'], { way }))
    await Promise.all(await waiting(['a', 'b', 'c', 'd']))
    const places = (await groups()).map(({ number, step, members }) => [number, step, members.length])
    expect(places).toEqual([
      [4, 1, 4],
      [3, 1, 4],
      [2, 0, 4],
    ])
    expect(await at().read('org', 'run')).toMatchObject({ step: 2, groups: 4 })
  })
})

describe('what is recorded', () => {
  test('first stays, and is given to every repeat; a null is not recorded', async () => {
    const { waiting, record, enter } = await openRecords()
    const [entry] = (await Promise.all(await waiting(['a', 'b', 'c', 'd']))).flat()
    const id = String(entry?.group.id)
    expect(await record(id, [[member('a'), rewarded(1)]])).toEqual([rewarded(1)])
    expect(
      await record(id, [
        [member('a'), rewarded(0)],
        [member('b'), rewarded(0.2)],
      ]),
    ).toEqual([rewarded(1), rewarded(0.2)])
    const again = await Promise.all(Array.from({ length: 10 }, () => enter([member('a')])))
    expect(again.flat().map(({ recorded }) => recorded?.reward)).toEqual(Array.from({ length: 10 }, () => 1))
  })

  test('an equal text is a retry for a while after it, and the next epoch beyond', async () => {
    const { waiting, record, enter, groups } = await openRecords()
    const [entry] = (await Promise.all(await waiting(['a', 'b', 'c', 'd']))).flat()
    const all = ['a', 'b', 'c', 'd'].map((response): [Member, Recorded] => [member(response), rewarded(0.5)])
    await record(String(entry?.group.id), all)
    await vi.advanceTimersByTimeAsync(RETRY_MS)
    expect((await enter([member('a')]))[0]?.group.sequence).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    const next = (await Promise.all(await waiting(['a', 'b', 'c', 'd']))).flat()
    expect(next[0]?.group).toMatchObject({ sequence: 1, closed: 'full', step: 0 })
    expect(next[0]?.recorded).toBeNull()
    expect((await groups()).length).toBe(2)
  })

  test('of a client that never repeats a call, an equal text is another sample at once', async () => {
    const { waiting, groups } = await openRecords()
    await Promise.all(await waiting(['a', 'b', 'c', 'd'], { repeats: false }))
    await Promise.all(await waiting(['a', 'b', 'c', 'd'], { repeats: false }))
    expect((await groups()).map(({ members }) => members.length)).toEqual([4, 4])
  })
})

describe('where nobody waits', () => {
  const now = { waitMs: null }

  test('a member has its place at once, equal texts count each, and the fourth closes the group', async () => {
    const { enter, groups } = await openRecords()
    for (const response of ['a', 'a', 'b', 'a', 'c']) await enter([member(response)], now)
    expect((await groups()).map(({ closed, members }) => [closed, members.length])).toEqual([
      [null, 1],
      ['full', 4],
    ])
  })

  test('a repeat takes the place of a call that got no answer, also after the process began anew', async () => {
    const { enter, at, groups, reopen } = await openRecords()
    const [entry] = await enter([member('a')], now)
    await at().vacate('org', 'run', String(entry?.group.id), [member('a')])
    await enter([member('a')], now)
    expect((await groups())[0]?.members.length).toBe(1)
    reopen()
    await enter([member('a')], now)
    expect((await groups())[0]?.members.length).toBe(1)
    await enter([member('a')], now)
    expect((await groups())[0]?.members.length).toBe(2)
  })

  test('a step has its groups, whatever their prompts', async () => {
    const { enter, groups } = await openRecords()
    for (const prompt of ['x', 'y', 'z']) await enter([member('a')], { ...now, prompt })
    expect((await groups()).map(({ step }) => step)).toEqual([1, 0, 0])
  })
})
