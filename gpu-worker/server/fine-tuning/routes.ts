import { Hono } from 'hono'
import type { Workshop } from '../../jobs/workshop.ts'
import type { EngineSlot } from '../engine-slot.ts'
import type { Served } from '../life.ts'
import { jobEvents } from './events.ts'
import { actOn, listCheckpoints, listJobs, postJob, readJob } from './jobs.ts'

/** `/v1/fine_tuning/jobs` and what lies under it. */
export function fineTuningRoutes(workshop: Workshop, slot: EngineSlot): Hono<Served> {
  const { jobs } = workshop
  return new Hono<Served>()
    .get('/', (c) => listJobs(c, jobs))
    .post('/', (c) => postJob(c, { ...workshop, model: slot.engine().model.id }))
    .get('/:id', (c) => readJob(c, jobs))
    .post('/:id/cancel', (c) => actOn(c, jobs, 'cancel'))
    .post('/:id/pause', (c) => actOn(c, jobs, 'pause'))
    .post('/:id/resume', (c) => actOn(c, jobs, 'resume'))
    .get('/:id/events', (c) => jobEvents(c, jobs))
    .get('/:id/checkpoints', (c) => listCheckpoints(c, jobs))
}
