import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson } from '../../../shared/identity/canonical-json.ts'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { resumeAdvice } from '../checkpoint/resume-advice.ts'
import { writeSealed } from '../checkpoint/sealed-folder.ts'
import { type FoundCheckpoint, lastCheckpoint, writeCheckpoint } from '../checkpoint/training-checkpoint.ts'
import type { Json, StepReport, TrainingMethod } from '../method.ts'
import { MetricsFile } from './metrics-file.ts'
import { restoreMoment, snapshot } from './snapshot.ts'

/** What happens to a run, as it happens. */
export type RunEvent =
  /** It goes on behind this step; `refused` says which later checkpoints are torn. */
  | { kind: 'resumed'; step: number; refused: readonly string[] }
  | { kind: 'step'; report: StepReport }
  /** A folder from which the run can be resumed, and which holds a folder for each role that the engine can load. */
  | { kind: 'checkpoint'; step: number; folder: string }

export type RunOptions = {
  /** Of the run: `metrics.jsonl`, `checkpoints/`, and at the end `adapters/`. One run writes to it at a time. */
  folder: string
  method: TrainingMethod
  /** What the run was told; the checkpoints of a run that was told otherwise are refused. */
  config: Json
  /** SHA-256 of what it is trained on, by name. */
  trainedOn: Readonly<Record<string, string>>
  /** Steps between checkpoints; 0 is at the end alone. */
  checkpointEvery: number
  keepCheckpoints: number
  onEvent: (event: RunEvent) => void
  /** Its abort stops the run before the next step, with a checkpoint of where it is. */
  pause: AbortSignal
  /** Its abort gives the run up, in the middle of a step too. What was kept stays. */
  cancel: AbortSignal
}

export type RunResult = {
  outcome: 'finished' | 'paused' | 'cancelled'
  /** Steps that were made. */
  step: number
  /** Of a finished run: where each role lies for the engine to load. */
  adapters: ReadonlyMap<string, string>
}

/**
 * Runs a method from its last checkpoint, or from its beginning, to its end. On the CPU a run that was killed at any
 * moment and resumed gives the same metrics and the same parameters, to the last bit, as one that was not.
 *
 * A step that fails stops the run: the state before it is kept as a checkpoint, and the error says which step it was.
 * Throws `invalid_request` where the folder holds a run that was told something else or is trained on something else.
 */
export async function runTraining(options: RunOptions): Promise<RunResult> {
  const { folder, method, onEvent } = options
  const checkpoints = join(folder, 'checkpoints')
  const found = await lastCheckpoint(checkpoints)
  if (found) {
    refuseOthers(options, found)
    await restoreMoment(method, found.checkpoint)
    onEvent({ kind: 'resumed', step: found.checkpoint.step, refused: found.refused })
  }
  const metrics = await openMetrics(folder, found?.checkpoint.metricsBytes ?? 0)
  try {
    return await new Run(options, checkpoints, metrics, found?.checkpoint.step ?? 0).toEnd()
  } finally {
    await metrics.close()
  }
}

class Run {
  readonly #options: RunOptions
  readonly #checkpoints: string
  readonly #metrics: MetricsFile
  /** Steps that were made, and those of the last checkpoint. */
  #step: number
  #kept: number

  constructor(options: RunOptions, checkpoints: string, metrics: MetricsFile, step: number) {
    this.#options = options
    this.#checkpoints = checkpoints
    this.#metrics = metrics
    this.#step = step
    this.#kept = step
  }

  async toEnd(): Promise<RunResult> {
    const { pause, cancel, checkpointEvery } = this.#options
    while (true) {
      if (cancel.aborted) return this.#ended('cancelled')
      if (pause.aborted) {
        await this.#keep()
        return this.#ended('paused')
      }
      const report = await this.#next()
      if (report === 'cancelled') return this.#ended('cancelled')
      if (report === null) break
      if (checkpointEvery > 0 && this.#step % checkpointEvery === 0) await this.#keep()
    }
    await this.#keep()
    return this.#ended('finished', await this.#saveAll())
  }

  async #next(): Promise<StepReport | 'cancelled' | null> {
    const { method, cancel, onEvent } = this.#options
    const before = snapshot(method)
    let report: StepReport | null
    try {
      report = await method.step(cancel)
    } catch (error) {
      if (cancel.aborted) return 'cancelled'
      await restoreMoment(method, before)
      await this.#keep()
      throw stoppedAt(this.#step, error)
    }
    if (report === null) return null
    await this.#metrics.append(report, resumeAdvice(this.#kept > 0))
    this.#step = report.step
    onEvent({ kind: 'step', report })
    return report
  }

  /** Writes a checkpoint of where the run is, unless there is one. */
  async #keep(): Promise<void> {
    if (this.#kept === this.#step) return
    const { method, config, trainedOn, keepCheckpoints, onEvent } = this.#options
    const checkpoint = {
      step: this.#step,
      metricsBytes: this.#metrics.bytes,
      ...{ config, trainedOn },
      ...snapshot(method),
    }
    const folder = await writeCheckpoint(this.#checkpoints, checkpoint, {
      save: async (role, place) => method.roles.get(role)?.save(place),
      keep: keepCheckpoints,
    })
    this.#kept = this.#step
    onEvent({ kind: 'checkpoint', step: this.#step, folder })
  }

  async #saveAll(): Promise<Map<string, string>> {
    const { folder, method } = this.#options
    const home = join(folder, 'adapters')
    const fill = async (partial: string) => {
      for (const [role, trainer] of method.roles) await trainer.save(join(partial, role))
    }
    await writeSealed(home, fill, resumeAdvice(this.#kept > 0))
    return new Map(Array.from(method.roles.keys(), (role) => [role, join(home, role)]))
  }

  #ended(outcome: RunResult['outcome'], adapters: RunResult['adapters'] = new Map()): RunResult {
    return { outcome, step: this.#step, adapters }
  }
}

/** A folder whose metrics were removed or cut begins them anew behind its checkpoint. */
async function openMetrics(folder: string, bytes: number): Promise<MetricsFile> {
  const path = join(folder, 'metrics.jsonl')
  await mkdir(folder, { recursive: true })
  try {
    return await MetricsFile.open(path, bytes)
  } catch (error) {
    if (error instanceof RangeError) return MetricsFile.open(path, 0)
    throw error
  }
}

function refuseOthers({ config, trainedOn, folder }: RunOptions, { checkpoint }: FoundCheckpoint): void {
  const other = differing(config, checkpoint.config) ?? differing({ ...trainedOn }, checkpoint.trainedOn)
  if (other === null) return
  throw new PlumblineError(
    'invalid_request',
    `${folder} holds a run whose ${other} is another: resume it with what it began with, or use a new folder.`,
    { param: other },
  )
}

/** The first field in which two objects differ. */
function differing(a: Json, b: Json): string | null {
  if (canonicalJson(a) === canonicalJson(b)) return null
  if (!isRecord(a) || !isRecord(b)) return 'configuration'
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
  return names.find((name) => canonicalJson(a[name]) !== canonicalJson(b[name])) ?? null
}

function isRecord(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function stoppedAt(made: number, error: unknown): unknown {
  if (!PlumblineError.isInstance(error)) return error
  const { code, param, transient } = error
  return new PlumblineError(code, `Step ${made + 1}: ${error.message}`, { param, transient, cause: error })
}
