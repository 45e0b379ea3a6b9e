import { appendFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseCreateJob } from '../../shared/protocol/create-job.ts'
import { newJob } from '../../shared/protocol/new-job.ts'
import { until } from '../testing/running-worker.ts'
import { newHome } from '../testing/training-worker.ts'
import { writeCheckpoint } from '../train/checkpoint/training-checkpoint.ts'
import { scriptedTrainer } from '../train/testing/scripted-trainer.ts'
import { type Jobs, openJobs } from './jobs.ts'
import type { StartTraining, TrainingEnd, TrainingNews } from './training.ts'

const ID = `ftjob-${'a'.repeat(24)}`

/** A run that makes no step and breaks off as soon as it is to end. */
const idle: StartTraining = () => {
  const { promise: ended, resolve } = Promise.withResolvers<TrainingEnd>()
  const end = () => resolve({ kind: 'died', reason: 'its worker ended' })
  return { ended, pause: end, cancel: end, kill: async () => end() }
}

function jobsOf(home: string, start = idle): Jobs {
  return openJobs({
    root: join(home, 'jobs'),
    adapters: join(home, 'adapters'),
    now: Date.now,
    publish: async () => ({ models: {}, said: [] }),
    keepResult: () => '',
    start,
  })
}

async function homeWithJob(start = idle): Promise<{ home: string; jobs: Jobs }> {
  const home = await newHome()
  const jobs = jobsOf(home, start)
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

const ROLES = ['policy', 'critic']
const lossAt = (step: number) => ({ loss: 1 / step, kl: null })

/** Makes a step and keeps a checkpoint of it as a run does; gives the word that it has for it. */
async function keep(folder: string, step: number) {
  const seconds = { rollout: 0, reward: 0, update: 0 }
  const report = { step, phase: 'policy', metrics: lossAt(step), samples: [], seconds }
  await appendFile(join(folder, 'metrics.jsonl'), `${JSON.stringify(report)}\n`)
  const roles = new Map(ROLES.map((role) => [role, scriptedTrainer(() => -1).state()]))
  const checkpoint = { step, config: {}, trainedOn: {}, method: {}, roles, metricsBytes: 0 }
  const place = await writeCheckpoint(join(folder, 'checkpoints'), checkpoint, {
    save: (role, to) => writeFile(join(to, 'adapter_config.json'), role),
    keep: 2,
  })
  const adapters = Object.fromEntries(ROLES.map((role) => [role, join(place, role)]))
  return [
    { kind: 'step', report, steps: 9, tokens: 1 },
    { kind: 'checkpoint', step, adapters },
  ] as const
}

const stepsOf = (jobs: Jobs) => jobs.find(ID).state.checkpoints.map(({ step_number }) => step_number)
it('lists a checkpoint that a worker kept and was killed before it said so', async () => {
  const said: { folder: string; tell: (news: TrainingNews) => void }[] = []
  const { home } = await homeWithJob((order, tell) => {
    said.push({ folder: order.folder, tell })
    return idle(order, tell)
  })
  const [{ folder, tell } = { folder: '', tell: () => {} }] = said
  for (const news of await keep(folder, 2)) tell(news)
  await keep(folder, 4)
  const next = jobsOf(home)
  expect(stepsOf(next)).toEqual([4, 2])
  const name = `ft-${'a'.repeat(12)}`
  const [missed, noted] = next.find(ID).state.checkpoints
  expect(missed).toEqual({
    ...noted,
    id: 'ftckpt-aaaaaaaa-00000004',
    created_at: expect.closeTo(Date.now() / 1000, -2),
    fine_tuned_model_checkpoint: `m:${name}-policy-step4`,
    step_number: 4,
    metrics: lossAt(4),
  })
  await keep(folder, 6)
  const last = jobsOf(home)
  expect(stepsOf(last)).toEqual([6, 4])
  expect((await readdir(join(home, 'adapters'))).sort()).toEqual(
    ROLES.flatMap((role) => [`${name}-${role}-step4`, `${name}-${role}-step6`]).sort(),
  )
  const { data } = last.find(ID).log.page({ after: null, count: 100, order: 'asc' })
  expect(data.map(({ message }) => message).filter((message) => message.startsWith('Checkpoint'))).toEqual(
    [2, 4, 6].map((step) => `Checkpoint kept at step ${step}.`),
  )
})

it('goes on with a run that breaks off again and again, each time with a checkpoint that it did not say', async () => {
  let runs = 0
  const { jobs } = await homeWithJob((order, tell) => {
    if (++runs > 5) return idle(order, tell)
    const died: TrainingEnd = { kind: 'died', reason: 'out of memory' }
    return { ...idle(order, tell), ended: keep(order.folder, runs).then(() => died) }
  })
  await until(() => runs > 5 || jobs.find(ID).state.job.status === 'failed')
  expect([jobs.find(ID).state.job.status, stepsOf(jobs)]).toEqual(['running', [5, 4]])
})
