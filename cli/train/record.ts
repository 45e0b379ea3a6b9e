import type * as z from 'zod'
import type { FileObject } from '../../shared/protocol/files.ts'
import type { FineTuningJob, JobCheckpoint, JobEvent } from '../../shared/protocol/fine-tuning.ts'
import type { stepReport } from '../../shared/protocol/training/step-report.ts'

/** What one step of a run did: a line of its metrics. */
export type TrainingStep = z.infer<typeof stepReport>

/** A figure of a step by its name. The tokens of a second are taken from the update where the step doesn't say them. */
export function figureOf({ metrics, seconds }: TrainingStep, name: string): number | null {
  const told = metrics[name] ?? null
  if (told !== null || name !== 'tokens_per_second') return told
  const tokens = metrics.tokens ?? null
  return tokens === null || seconds.update === 0 ? null : tokens / seconds.update
}

/** All that is known of a run. Of a folder with metrics alone, the rest is null or empty. */
export type RunRecord = {
  job: FineTuningJob | null
  /** What it was trained on, as far as the service still has it. */
  data: FileObject | null
  steps: readonly TrainingStep[]
  /** What was said on the way, without the steps. */
  messages: readonly JobEvent[]
  /** Oldest first. */
  checkpoints: readonly JobCheckpoint[]
}

/**
 * Adds a step to those before it. A run that was taken up from a checkpoint does steps a second time: what it did from
 * there on is what holds. True where earlier steps went.
 */
export function addStep(steps: TrainingStep[], step: TrainingStep): boolean {
  const before = steps.length
  while ((steps.at(-1)?.step ?? 0) >= step.step) steps.pop()
  return steps.push(step) <= before
}
