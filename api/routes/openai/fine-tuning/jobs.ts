import { type Context, Hono } from 'hono'
import { parseCreateJob } from '../../../../shared/protocol/create-job.ts'
import {
  checkpointsQuery,
  type FineTuningJob,
  isOver,
  jobsQuery,
} from '../../../../shared/protocol/fine-tuning.ts'
import { pageAfter } from '../../../../shared/protocol/page.ts'
import { parseWith } from '../../../../shared/protocol/parse.ts'
import type { Edge } from '../../../middleware/edge.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { JobAction, Jobs } from '../../../training/jobs.ts'
import { readJson } from '../../body.ts'
import { eventRoutes } from './events.ts'

/** `/v1/fine_tuning/jobs` and what lies under it. */
export function jobRoutes(jobs: Jobs, platform: Platform) {
  /** `Age` says how old a state is that the worker could not be asked for. */
  const ageOf = (job: FineTuningJob): Record<string, string> =>
    isOver(job.status)
      ? {}
      : { age: String(Math.max(0, Math.floor(platform.now() / 1000) - job.refreshed_at)) }

  const act = async (c: Context<Edge>, action: JobAction) =>
    c.json(await jobs.act(c.get('call').organisation, c.req.param('id') ?? '', action))

  return new Hono<Edge>()
    .get('/', async (c) => {
      const { after, limit } = parseWith(jobsQuery, c.req.query())
      return c.json(pageAfter(await jobs.list(c.get('call').organisation), after, limit))
    })
    .post('/', async (c) => c.json(await jobs.create(parseCreateJob(await readJson(c)), c.get('call'))))
    .get('/:id', async (c) => {
      const job = await jobs.read(c.get('call').organisation, c.req.param('id'))
      return c.json(job, 200, ageOf(job))
    })
    .post('/:id/cancel', (c) => act(c, 'cancel'))
    .post('/:id/pause', (c) => act(c, 'pause'))
    .post('/:id/resume', (c) => act(c, 'resume'))
    .get('/:id/checkpoints', async (c) => {
      const { after, limit } = parseWith(checkpointsQuery, c.req.query())
      const query = new URLSearchParams({ limit: String(limit), ...(after !== undefined && { after }) })
      const page = await jobs.checkpoints(c.get('call').organisation, c.req.param('id'), `?${query}`)
      return c.json({ object: 'list', ...page })
    })
    .route('/', eventRoutes(jobs, platform))
}
