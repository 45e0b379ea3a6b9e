import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '../generate/engine.ts'
import type { ArmPairs } from '../server/arm-pairs.ts'
import { LOCAL } from './create-job.ts'
import { type Files, openFiles } from './files.ts'
import { type Jobs, openJobs } from './jobs.ts'
import { makeFolder } from './keep.ts'
import { publish, serveAgain } from './publish.ts'
import type { StartTraining } from './training.ts'

/** Where a worker trains: its files and its jobs, in folders that the next worker finds again. */
export type Workshop = {
  files: Files
  jobs: Jobs
  /** The folder of adapters. */
  adapters: string
  /** Unix time, milliseconds. */
  now(): number
  /** The engine, once it serves what earlier jobs trained. */
  engine: Promise<Engine>
  /** Lets the run under way keep a checkpoint, and ends it. */
  close(): Promise<void>
}

export type WorkshopOptions = {
  home: string
  adapters: string
  /** Where a trained generator and judge become one model. */
  arms: ArmPairs
  opening: Promise<Engine>
  start: StartTraining
}

/** Opens the workshop in a home folder. Jobs that an earlier worker left go on at once. */
export function openWorkshop({ home, adapters, arms, opening, start }: WorkshopOptions): Workshop {
  const now = Date.now
  makeFolder(adapters)
  const files = openFiles(join(home, 'files'), now)
  const jobs = openJobs({
    root: join(home, 'jobs'),
    adapters,
    start,
    now,
    keepResult: ({ state: { job } }, path, filename) =>
      files.keep({
        ...{ bytes: readFileSync(path), filename, expiresAfter: null },
        caller: job.organization_id === LOCAL ? null : job.organization_id,
      }).id,
    publish: async (job, trained) => publish(job, trained, { engine: await opening, adapters, arms }),
  })
  const engine = opening.then(async (engine) => {
    await serveAgain(jobs.all(), { engine, adapters, arms })
    return engine
  })
  return { files, jobs, adapters, now, engine, close: () => jobs.close() }
}
