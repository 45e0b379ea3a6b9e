import { expect, test } from 'vitest'
import { toJob } from '../../../shared/judge/request.ts'
import { type ErrorCode, PlumblineError } from '../../../shared/protocol/error.ts'
import { general, pair } from '../../../shared/testing/judge-request.ts'
import { openSqlite } from '../server/sqlite.ts'
import { createDesk } from './desk.ts'
import type { Assignment } from './port.ts'

test.each<[refused: ErrorCode, made: number]>([
  ['forbidden', 2],
  ['unauthorized', 2],
  ['overloaded', 1],
])('whoever joins a judgment that ends with %s has seen %d made', async (refused, made) => {
  const payers: string[] = []
  const desk = createDesk({
    ...{ sql: openSqlite(':memory:'), now: Date.now, complain: () => {} },
    async judge({ apiKey }) {
      payers.push(apiKey)
      await new Promise((resolve) => setImmediate(resolve))
      throw new PlumblineError(apiKey === 'tok_used_up' ? refused : 'loading', 'No.')
    },
  })
  const { job, view } = await toJob(pair('GOOD', 'bad'), null, await general())
  const assignment = { organisation: 'org', key: 'key', repeat: null, cache: 'use', shard: 0 } as const
  const asked: Assignment = { ...assignment, apiKey: 'tok_used_up', model: 'm', job, view }
  const callers = ['tok_used_up', 'key_1', 'key_2', 'key_3']
  const rulings = await Promise.all(callers.map((apiKey) => desk.judge({ ...asked, apiKey })))
  const codes = rulings.map((ruling) => ('error' in ruling ? ruling.error.code : null))
  const others = made === 2 ? 'loading' : refused
  expect(codes).toEqual([refused, others, others, others])
  expect(payers).toEqual(['tok_used_up', 'key_1'].slice(0, made))
})
