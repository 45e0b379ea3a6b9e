import * as z from 'zod'
import { run, runList, runSettings } from '../../../shared/protocol/run.ts'
import { LIMITS } from '../../platform/limits.ts'
import type { Operations } from './openapi-operation.ts'

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
    get: { summary: 'Runs, newest first.', tag: 'native', reply: runList },
  },
  '/v1/runs/{id}': {
    get: {
      summary: 'Where a run is: its phases, its class scores, and what looking at them has cost.',
      tag: 'native',
      path: byId,
      reply: run,
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
