import type { Context } from 'hono'
import { parseCreateJob } from '../../../shared/protocol/create-job.ts'
import { checkpointsQuery, jobsQuery } from '../../../shared/protocol/fine-tuning.ts'
import { pageAfter } from '../../../shared/protocol/page.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { type CreateParts, createJob } from '../../jobs/create-job.ts'
import type { HeldJob } from '../../jobs/held-job.ts'
import type { Jobs } from '../../jobs/jobs.ts'
import { readBody } from '../body.ts'
import { organisationOf } from '../life.ts'

/** `POST /v1/fine_tuning/jobs`. */
export async function postJob(c: Context, parts: CreateParts): Promise<Response> {
  const request = parseCreateJob(await readBody(c))
  const asked = {
    caller: organisationOf(c),
    idempotencyKey: c.req.header('idempotency-key')?.slice(0, 255) || null,
  }
  return show(c, await createJob(request, asked, parts))
}

/** `GET /v1/fine_tuning/jobs`. */
export function listJobs(c: Context, jobs: Jobs): Response {
  const { after, limit } = parseWith(jobsQuery, c.req.query())
  const all = jobs.all().map(({ state }) => state.job)
  return c.json(pageAfter(all, after, limit))
}

/** `GET /v1/fine_tuning/jobs/{id}`. */
export function readJob(c: Context, jobs: Jobs): Response {
  return show(c, jobs.find(c.req.param('id') ?? ''))
}

/** `POST /v1/fine_tuning/jobs/{id}/cancel`, `/pause` and `/resume`. */
export function actOn(c: Context, jobs: Jobs, action: 'cancel' | 'pause' | 'resume'): Response {
  const job = jobs.find(c.req.param('id') ?? '')
  jobs[action](job)
  return show(c, job)
}

/** `GET /v1/fine_tuning/jobs/{id}/checkpoints`. */
export function listCheckpoints(c: Context, jobs: Jobs): Response {
  const { after, limit } = parseWith(checkpointsQuery, c.req.query())
  return c.json(pageAfter(jobs.find(c.req.param('id') ?? '').state.checkpoints, after, limit))
}

function show(c: Context, { state }: HeldJob): Response {
  return c.json(state.job)
}
