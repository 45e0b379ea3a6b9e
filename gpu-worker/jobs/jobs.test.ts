import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseCreateJob } from '../../shared/protocol/create-job.ts'
import { newJob } from '../../shared/protocol/new-job.ts'
import { newHome } from '../testing/training-worker.ts'
import { type Jobs, openJobs } from './jobs.ts'
import type { TrainingEnd } from './training.ts'

const ID = `ftjob-${'a'.repeat(24)}`

/** The jobs of a home whose runs make no step and break off as soon as they are to end. */
function jobsOf(home: string): Jobs {
  return openJobs({
    root: join(home, 'jobs'),
    adapters: join(home, 'adapters'),
    now: Date.now,
    publish: async () => ({ models: {}, said: [] }),
    keepResult: () => '',
    start() {
      const { promise: ended, resolve } = Promise.withResolvers<TrainingEnd>()
      const end = () => resolve({ kind: 'died', reason: 'its worker ended' })
      return { ended, pause: end, cancel: end, kill: async () => end() }
    },
  })
}

async function homeWithJob(): Promise<{ home: string; jobs: Jobs }> {
  const home = await newHome()
  const jobs = jobsOf(home)
  const request = parseCreateJob({ model: 'm', training_file: `file-${'0'.repeat(32)}` })
  const asked = { organization: 'local', status: 'queued', now: 1 } as const
  await jobs.create(ID, async () => newJob(ID, request, asked))
  return { home, jobs }
}

it('gives no job up whose worker was told to end, however often, in the middle of a step', async () => {
  const { home, jobs } = await homeWithJob()
  await jobs.close()
  for (let starts = 0; starts < 4; starts++) {
    const next = jobsOf(home)
    expect(next.find(ID).state.job.status).toBe('running')
    await next.close()
  }
})

it('lets what is still loaded for a job be told to nobody once it is closed', async () => {
  const { jobs } = await homeWithJob()
  const job = jobs.find(ID)
  await jobs.close()
  const { length } = job.log
  job.say('Served.')
  expect(job.log.length).toBe(length)
  expect(() => job.close()).not.toThrow()
})
