import * as z from 'zod'
import { run, runList, runSettings } from '../../../shared/protocol/run.ts'
import { runAnchors, runAnchorsKept, runGroup, runGroupList } from '../../../shared/protocol/run-group.ts'
import { LIMITS } from '../../platform/limits.ts'
import type { Operations } from './openapi-operation.ts'
import { groupsQuery } from './run-groups.ts'
import { runsQuery } from './runs.ts'

const byId = z.object({ id: z.string() })
const repeatable = z.object({
  'Idempotency-Key': z
    .string()
    .max(LIMITS.idempotencyKey)
    .optional()
    .describe('A call with the same key makes no second run.'),
})

/** The routes of runs. */
export const RUNS: Operations = {
  '/v1/runs': {
    post: {
      summary: 'Make a run, whose reward URLs gather groups and reward one meta-class at a time.',
      tag: 'native',
      body: runSettings,
      headers: repeatable,
      reply: run,
      status: '201',
    },
    get: { summary: 'Runs, newest first.', tag: 'native', query: runsQuery, reply: runList },
  },
  '/v1/runs/{id}': {
    get: {
      summary: 'Where a run is: its phases, its class scores, and what looking at them has cost.',
      tag: 'native',
      path: byId,
      reply: run,
    },
  },
  '/v1/runs/{id}/groups': {
    get: {
      summary: 'Groups that the calls of a run were gathered into, newest first, with their rewards.',
      tag: 'native',
      path: byId,
      query: groupsQuery,
      reply: runGroupList,
    },
  },
  '/v1/runs/{id}/groups/{group}': {
    get: {
      summary: 'A group: its members and their rewards, and why it closed.',
      tag: 'native',
      path: byId.extend({ group: z.string() }),
      reply: runGroup,
    },
  },
  '/v1/runs/{id}/anchors': {
    post: {
      summary: 'Give the responses that single calls of their prompts are compared with.',
      tag: 'native',
      path: byId,
      body: runAnchors,
      reply: runAnchorsKept,
      status: '201',
    },
  },
  '/v1/runs/{id}/steps': {
    post: {
      summary: 'Begin a step now, for a trainer that went down within one and makes it again.',
      tag: 'native',
      path: byId,
      reply: run,
    },
  },
}
