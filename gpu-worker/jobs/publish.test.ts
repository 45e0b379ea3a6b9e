import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCreateJob } from '../../shared/protocol/create-job.ts'
import { newJob } from '../../shared/protocol/new-job.ts'
import { armPairs } from '../server/arm-pairs.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { until } from '../testing/running-worker.ts'
import { newHome } from '../testing/training-worker.ts'
import type { TrainingEnd } from './training.ts'
import { openWorkshop } from './workshop.ts'

const ID = `ftjob-${'b'.repeat(24)}`
const NAME = `ft-${'b'.repeat(12)}`
const FILES = ['adapter_config.json', 'adapter_model.safetensors']

/** A workshop whose runs end at once as `end` says, and the engine that it serves with. */
async function workshopOf(home: string, end: TrainingEnd) {
  const engine = fakeEngine()
  const workshop = openWorkshop({
    ...{ home, adapters: join(home, 'adapters'), arms: armPairs(), opening: Promise.resolve(engine) },
    start() {
      const { promise: ended, resolve } = Promise.withResolvers<TrainingEnd>()
      const close = () => resolve({ kind: 'paused' })
      // The one that was killed is killed before its end is known.
      if (end.kind !== 'died') resolve(end)
      return { ended, pause: close, cancel: close, kill: async () => close() }
    },
  })
  await workshop.engine
  return { engine, workshop }
}

async function create(workshop: Awaited<ReturnType<typeof workshopOf>>['workshop']) {
  const method = { type: 'rubric_arm' }
  const request = parseCreateJob({ model: 'fake-1m', training_file: `file-${'0'.repeat(32)}`, method })
  const asked = { organization: 'local', status: 'queued', now: 1 } as const
  return workshop.jobs.create(ID, async () => newJob(ID, request, asked))
}

async function trained(home: string): Promise<Record<string, string>> {
  const folders: Record<string, string> = {}
  for (const role of ['judge', 'generator']) {
    const folder = join(home, 'jobs', ID, 'adapters', role)
    await mkdir(folder, { recursive: true })
    for (const file of FILES) await writeFile(join(folder, file), role)
    folders[role] = folder
  }
  return folders
}

describe('publishing', () => {
  it('broken off between two files by a kill comes to the same, and is said once', async () => {
    const home = await newHome()
    const before = await workshopOf(home, { kind: 'died', reason: '' })
    await create(before.workshop)
    const adapters = await trained(home)
    // What a kill leaves: the first adapter whole, of the second one file, in the folder that is renamed at the end.
    const [whole, half] = ['judge', 'generator-half'].map((role) => join(home, 'adapters', `${NAME}-${role}`))
    const partial = (half ?? '').replace('-half', '.partial')
    for (const [folder, files] of [[whole, FILES] as const, [partial, FILES.slice(0, 1)] as const]) {
      await mkdir(folder ?? '', { recursive: true })
      for (const file of files) await writeFile(join(folder ?? '', file), 'torn')
    }
    await before.workshop.close()

    const { engine, workshop } = await workshopOf(home, { kind: 'finished', adapters })
    const job = workshop.jobs.find(ID)
    await until(() => job.state.job.status === 'succeeded')
    const names = [`${NAME}-generator`, `${NAME}-judge`]
    expect((await readdir(join(home, 'adapters'))).sort()).toEqual(names)
    for (const name of names) expect((await readdir(join(home, 'adapters', name))).sort()).toEqual(FILES)
    expect(engine.adapters.map(({ name }) => name).sort()).toEqual(names)
    await workshop.close()

    const last = await workshopOf(home, { kind: 'finished', adapters })
    const { data } = last.workshop.jobs.find(ID).log.page({ after: null, count: 100, order: 'asc' })
    const said = data.map(({ message }) => message)
    expect(said.filter((message) => /^Served as/.test(message)).sort()).toEqual(
      names.map((name) => `Served as 'fake-1m:${name}'.`),
    )
    expect(said.filter((message) => message === 'The job succeeded.').length).toBe(1)
    expect(last.engine.adapters.map(({ name }) => name).sort()).toEqual(names)
    await last.workshop.close()
  })

  it('tells callers what failed and not where it lies', async () => {
    const home = await newHome()
    const message = `The disk is full (${home}/jobs/${ID}/checkpoints); change that, and resume.`
    const { workshop } = await workshopOf(home, { kind: 'failed', error: { code: 'storage_full', message } })
    const job = await create(workshop)
    await until(() => job.state.job.status === 'failed')
    expect(job.state.job.error?.message).toBe(
      `The disk is full (PLUMBLINE_HOME/jobs/${ID}/checkpoints); change that, and resume.`,
    )
    const { data } = job.log.page({ after: null, count: 100, order: 'asc' })
    expect(JSON.stringify(data)).not.toContain(home)
    expect(existsSync(join(home, 'jobs', ID))).toBe(true)
    await workshop.close()
  })
})
