import { join } from 'node:path'
import type { ArmPairs } from '../server/arm-pairs.ts'
import type { EngineSlot } from '../server/engine-slot.ts'
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
  /** Lets the run under way keep a checkpoint, and ends it. */
  close(): Promise<void>
}

export type WorkshopOptions = {
  home: string
  adapters: string
  slot: EngineSlot
  /** Where a trained generator and judge become one model. */
  arms: ArmPairs
  /** Resolves once the slot has its engine. */
  ready: Promise<unknown>
  start: StartTraining
}

/** Opens the workshop in a home folder. Jobs that an earlier worker left go on at once. */
export function openWorkshop({ home, adapters, slot, arms, ready, start }: WorkshopOptions): Workshop {
  const now = Date.now
  makeFolder(adapters)
  const served = { slot, adapters, arms }
  const files = openFiles(join(home, 'files'), now)
  const jobs = openJobs({
    root: join(home, 'jobs'),
    adapters,
    start,
    now,
    publish: async (job, trained) => {
      await ready
      return publish(job, trained, served)
    },
  })
  ready.then(
    () => serveAgain(jobs.all(), served),
    () => {},
  )
  return { files, jobs, adapters, now, close: () => jobs.close() }
}
