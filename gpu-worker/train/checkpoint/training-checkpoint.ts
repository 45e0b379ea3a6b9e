import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import { writeDurable } from '../../weights/write-durable.ts'
import type { Json } from '../method.ts'
import type { TrainerState } from '../trainer.ts'
import { resumeAdvice } from './resume-advice.ts'
import { brokenSeal, sweepPartial, writeSealed } from './sealed-folder.ts'
import { readTrainerState, writeTrainerState } from './trainer-state.ts'

/** All that a run needs to go on as if it had never stopped. */
export type TrainingCheckpoint = {
  /** Steps of the run that were made. */
  step: number
  /** What the run was told. */
  config: Json
  /** SHA-256 of what it is trained on, by name: the model, the files of examples. */
  trainedOn: Readonly<Record<string, string>>
  /** `TrainingMethod.state`. */
  method: Json
  roles: ReadonlyMap<string, TrainerState>
  /** Of the metrics file, up to this step. */
  metricsBytes: number
}

const DESCRIPTION = 'checkpoint.json'
const NAME = /^step-(\d{8})$/
const nameOf = (step: number) => `step-${String(step).padStart(8, '0')}`

const description = z.strictObject({
  format: z.literal('plumbline checkpoint 1'),
  step: z.int().min(0),
  config: z.json(),
  trained_on: z.record(z.string(), z.string()),
  method: z.json(),
  metrics_bytes: z.int().min(0),
  roles: z.record(z.string(), z.strictObject({ updates: z.int().min(0), loss_scale: z.number().positive() })),
})

/**
 * Adds a checkpoint to a folder of them and removes all but the last `keep`. `save` writes what a role has been trained
 * to be, for the engine to load, into a folder that it is given. Returns the checkpoint's folder. A checkpoint that could
 * not be written leaves those before it as they are.
 */
export async function writeCheckpoint(
  home: string,
  checkpoint: TrainingCheckpoint,
  { save, keep }: { save: (role: string, folder: string) => Promise<void>; keep: number },
): Promise<string> {
  const folder = join(home, nameOf(checkpoint.step))
  const advice = resumeAdvice(checkpointFolders(home).length > 0)
  const fill = async (partial: string) => {
    const { step, config, trainedOn, method, metricsBytes, roles } = checkpoint
    for (const [role, state] of roles) {
      await writeTrainerState(join(partial, stateFile(role)), state)
      await mkdir(join(partial, role))
      await save(role, join(partial, role))
    }
    const about: z.infer<typeof description> = {
      format: 'plumbline checkpoint 1',
      ...{ step, config, method },
      trained_on: trainedOn,
      metrics_bytes: metricsBytes,
      roles: Object.fromEntries(
        Array.from(roles, ([role, { updates, lossScale }]) => [role, { updates, loss_scale: lossScale }]),
      ),
    }
    await writeDurable(join(partial, DESCRIPTION), JSON.stringify(about))
  }
  await writeSealed(folder, fill, advice)
  const older = checkpointFolders(home)
    .filter((path) => path <= folder)
    .slice(keep)
  for (const path of older) await rm(path, { recursive: true, force: true })
  return folder
}

export type FoundCheckpoint = {
  checkpoint: TrainingCheckpoint
  folder: string
  /** Later ones that are torn or altered, a sentence each. */
  refused: string[]
}

/**
 * The last checkpoint of a folder that is as it was written; null where there is none. Throws `not_configured` where
 * there are some and all are torn or altered.
 */
export async function lastCheckpoint(home: string): Promise<FoundCheckpoint | null> {
  await sweepPartial(home)
  const refused: string[] = []
  for (const folder of checkpointFolders(home)) {
    const why = await brokenSeal(folder)
    if (why === null) return { checkpoint: await readCheckpoint(folder), folder, refused }
    refused.push(`The checkpoint ${basename(folder)} ${why}, so it is not used.`)
  }
  if (refused.length === 0) return null
  throw new PlumblineError(
    'not_configured',
    `No checkpoint in ${home} is as it was written: restore one from a copy, or remove them to begin again.`,
    { cause: refused.join(' ') },
  )
}

/** A checkpoint by what it says of itself, whether or not its files are still as they were written. */
export type KeptCheckpoint = {
  step: number
  /** Holds a folder for each role. */
  folder: string
  /** In the order of the method's. */
  roles: string[]
  /** When it was written: Unix time, seconds. */
  at: number
}

/** The checkpoints of a folder, oldest first, without those that say nothing which can be read. */
export function keptCheckpoints(home: string): KeptCheckpoint[] {
  return checkpointFolders(home)
    .reverse()
    .flatMap((folder) => {
      const path = join(folder, DESCRIPTION)
      if (!existsSync(path)) return []
      const read = description.safeParse(jsonOrNull(readFileSync(path, 'utf8')))
      if (!read.success) return []
      const { step, roles } = read.data
      return [{ step, folder, roles: Object.keys(roles), at: Math.floor(statSync(path).mtimeMs / 1000) }]
    })
}

/** Latest first. */
export function checkpointFolders(home: string): string[] {
  const names = existsSync(home) ? readdirSync(home) : []
  return names
    .filter((name) => NAME.test(name))
    .sort()
    .reverse()
    .map((name) => join(home, name))
}

async function readCheckpoint(folder: string): Promise<TrainingCheckpoint> {
  const read = description.safeParse(jsonOrNull(await readFile(join(folder, DESCRIPTION), 'utf8')))
  if (!read.success) {
    throw new PlumblineError(
      'not_configured',
      `${folder} is a checkpoint of another version of Plumbline: resume it with that one, or begin again.`,
      { cause: read.error },
    )
  }
  const { step, config, trained_on, method, metrics_bytes } = read.data
  const roles = new Map<string, TrainerState>()
  for (const [role, { updates, loss_scale }] of Object.entries(read.data.roles)) {
    const vectors = await readTrainerState(join(folder, stateFile(role)))
    roles.set(role, { ...vectors, updates, lossScale: loss_scale })
  }
  return { step, config, trainedOn: trained_on, method, roles, metricsBytes: metrics_bytes }
}

const stateFile = (role: string) => `${role}.state.safetensors`
