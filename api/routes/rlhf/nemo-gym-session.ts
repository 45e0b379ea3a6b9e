import { Hono } from 'hono'
import * as z from 'zod'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

export const resourcesSession = z.looseObject({ resources_session_id: z.string().optional() })

export const rolledOut = z.looseObject({
  verify_responses: z.array(
    z.looseObject({ _ng_task_index: z.int().optional(), reward: z.number().nullish() }),
  ),
})

const metrics = z.record(z.string(), z.number())

export const aggregate = z.object({
  group_level_metrics: z.array(metrics),
  agent_metrics: metrics,
  key_metrics: metrics,
})

/** Gym takes a host and a port and no path, so that these stand at the root too. */
export const NEMO_GYM_PATHS = ['/seed_session', '/close_session', '/reverify_mode', '/aggregate_metrics']

/**
 * What NeMo-Gym asks of a resources server beside `/verify` and `/compare` (contracts.md 2.5): sessions, of which there is
 * nothing to keep, and the statistics of the rewards that were given.
 */
export function nemoGymRoutes() {
  return new Hono<Edge>()
    .post('/seed_session', async (c) => c.json(named(await readJson(c))))
    .post('/close_session', async (c) => c.json(named(await readJson(c))))
    .get('/reverify_mode', (c) => c.json('stateless'))
    .post('/aggregate_metrics', async (c) => {
      const { verify_responses } = parseWith(rolledOut, await readJson(c))
      const tasks = Map.groupBy(verify_responses, ({ _ng_task_index = 0 }) => _ng_task_index)
      const agent_metrics = statistics(verify_responses)
      return c.json({
        group_level_metrics: [...tasks].map(([task, rows]) => ({
          _ng_task_index: task,
          ...statistics(rows),
        })),
        agent_metrics,
        key_metrics: 'mean/reward' in agent_metrics ? { 'mean/reward': agent_metrics['mean/reward'] } : {},
      })
    })
}

/** The caller's own name of a session comes back. */
function named(body: unknown) {
  const { resources_session_id } = parseWith(resourcesSession, body)
  return resources_session_id === undefined ? {} : { resources_session_id }
}

/** Of the rows that have a reward; nothing where none has. The deviation is that of the whole, not of a sample. */
function statistics(rows: readonly { reward?: number | null | undefined }[]) {
  const rewards = rows.flatMap(({ reward }) => (reward == null ? [] : [reward]))
  if (rewards.length === 0) return {}
  const mean = rewards.reduce((total, reward) => total + reward, 0) / rewards.length
  const variance = rewards.reduce((total, reward) => total + (reward - mean) ** 2, 0) / rewards.length
  // No spread: a whole run has more rewards than a call takes arguments.
  const low = rewards.reduce((least, reward) => Math.min(least, reward))
  const high = rewards.reduce((most, reward) => Math.max(most, reward))
  return { 'mean/reward': mean, 'min/reward': low, 'max/reward': high, 'std/reward': Math.sqrt(variance) }
}
