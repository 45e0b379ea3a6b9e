import type { Tracer } from '../../shared/telemetry/tracer.ts'
import type { Sandbox } from '../../shared/verify/sandbox.ts'
import type { Outbound } from '../models/limited-fetch.ts'
import type { Config } from './config.ts'
import type { Desk } from './desk/port.ts'
import type { Shelf } from './desk/shelf.ts'
import type { EvalDesk } from './evals/port.ts'
import type { RunRecords } from './runs/port.ts'
import type { SubmissionRecords } from './submissions/port.ts'
import type { TokenRecords } from './tokens/port.ts'
import type { TrainingRecords } from './training/port.ts'

/** What a runtime must give the app. Everything else is web standards. */
export type Platform = {
  config: Config
  /** Unix time, milliseconds. */
  now(): number
  /** The desk of a shard, 0 to `SHARDS` - 1. */
  desk(shard: number): Desk
  /** Every desk, once each: what lists and sums are merged over. */
  desks(): Desk[]
  /** The meta-rubrics of all organisations. */
  shelf: Shelf
  /** The files and jobs of all organisations. */
  training: TrainingRecords
  /** The evals of all organisations, and what grades them. */
  evals: EvalDesk
  /** The runs of all organisations. */
  runs: RunRecords
  /** The URL tokens of all organisations. */
  tokens: TokenRecords
  /** What was submitted to be collected later. */
  submissions: SubmissionRecords
  /** Lets work go on behind the answer to its call; how it ends is for whoever asks again. */
  afterAnswer(work: Promise<unknown>): void
  /** The way out, for calls that are proxied to a model server. */
  fetch: Outbound['fetch']
  /** Where programs of responses run in this process. */
  sandbox: Sandbox
  /** Null where nothing is traced. */
  tracer: Tracer | null
}
