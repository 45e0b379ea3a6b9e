import type { Trainer } from './trainer.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** A text worth reading in a report: a rubric, a judgment, a response, with what it earned. */
export type ShownSample = {
  kind: 'rubric' | 'judgment' | 'response'
  prompt: string
  text: string
  reward: number | null
}

/** What one step did. Names of metrics are the field's: reward, accuracy, kl, entropy, clip_fraction, loss, ... */
export type StepReport = {
  /** Of the whole run, from 1. */
  step: number
  /** judge, generator, a meta-class, ...: what was trained. */
  phase: string
  /** null is a figure that this step has none of. */
  metrics: Readonly<Record<string, number | null>>
  samples: readonly ShownSample[]
  /** Sentences for whoever follows the run: why a phase ended, what is trained next. */
  notes?: readonly string[]
  /** Where the time went. */
  seconds: { rollout: number; reward: number; update: number }
}

/**
 * A way of training, as a machine that goes from state to state: `state` and the roles' states say all of where it is, so
 * that another, given both, goes on bit for bit. Between two steps a run may be stopped, kept and taken up again.
 */
export interface TrainingMethod {
  /** By name: what is saved and served. */
  readonly roles: ReadonlyMap<string, Trainer>
  /** Steps of the whole run, as far as it can be known. */
  readonly total: number
  /** The next step; null once the run is finished. */
  step(signal: AbortSignal): Promise<StepReport | null>
  state(): Json
  restore(state: Json): Promise<void>
}
