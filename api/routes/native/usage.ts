import { Hono } from 'hono'
import type { UsageList, UsageOfKey } from '../../../shared/protocol/usage.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { UsageRow } from '../../platform/desk/port.ts'
import type { Platform } from '../../platform/platform.ts'
import type { StoredJob } from '../../platform/training/port.ts'

/** `GET /v1/usage`: what each API key of the caller's organisation spent, summed over the stored records. */
export function usageRoutes({ desks, training, config }: Platform) {
  return new Hono<Edge>().get('/', async (c) => {
    const { organisation } = c.get('call')
    const rows = (await Promise.all(desks().map((desk) => desk.usage(organisation)))).flat()
    const byKey = Map.groupBy(rows, (row) => row.api_key)
    const jobs = Map.groupBy(await training.jobs(organisation), ({ apiKey }) => apiKey)
    const data = [...new Set([...byKey.keys(), ...jobs.keys()])].map((key) => ({
      api_key: key,
      ...sum(byKey.get(key) ?? []),
      ...trained(jobs.get(key) ?? []),
    }))
    const answer: UsageList = { object: 'list', organisation, data }
    return c.json(answer)
  })

  function sum(rows: UsageRow[]): Omit<UsageOfKey, 'api_key' | keyof ReturnType<typeof trained>> {
    const total = {
      judgments: 0,
      chat_completions: 0,
      judge_calls: 0,
      prompt_tokens: 0,
      completion_tokens: 0,
      cached_tokens: 0,
    }
    let cost: number | null = null
    for (const row of rows) {
      total.judgments += row.judgments
      total.chat_completions += row.chat_completions
      total.judge_calls += row.judge_calls
      total.prompt_tokens += row.prompt_tokens
      total.completion_tokens += row.completion_tokens
      total.cached_tokens += row.cached_tokens
      const price = config.models.entries.find(({ id }) => id === row.model)?.price
      if (price) {
        cost =
          (cost ?? 0) +
          (row.prompt_tokens * price.prompt + row.completion_tokens * price.completion) / 1_000_000
      }
    }
    return { ...total, cost }
  }
}

function trained(jobs: StoredJob[]) {
  const tokens = jobs.reduce((total, { job }) => total + (job.trained_tokens ?? 0), 0)
  return { training_jobs: jobs.length, trained_tokens: tokens }
}
