import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { stepReport } from '../../shared/protocol/training/step-report.ts'
import { keptCheckpoints } from '../train/checkpoint/training-checkpoint.ts'
import type { StepReport } from '../train/method.ts'
import type { HeldJob } from './held-job.ts'
import { noteCheckpoint } from './note-checkpoint.ts'

/**
 * Lists the checkpoints that lie in a job's folder beyond the last one of its list: a run that is killed right after it
 * kept one has told nobody. What can't be listed now is said in the job's events, and is tried again by the next worker.
 */
export function noteMissedCheckpoints(job: HeldJob, adapters: string): void {
  const last = job.state.checkpoints[0]?.step_number ?? -1
  try {
    for (const { step, folder, roles, at } of keptCheckpoints(join(job.folder, 'checkpoints'))) {
      if (step <= last) continue
      const places = Object.fromEntries(roles.map((role) => [role, join(folder, role)]))
      noteCheckpoint(job, { step, at, adapters: places, metrics: metricsOf(job.folder, step) }, adapters)
      job.say(`Checkpoint kept at step ${step}.`)
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    job.say(`A checkpoint behind step ${Math.max(0, last)} is kept and is not listed yet: ${why}`, 'warn')
  }
}

/** What a run measured in a step that it has a checkpoint of; nothing where its metrics were removed. */
function metricsOf(folder: string, step: number): StepReport['metrics'] {
  const path = join(folder, 'metrics.jsonl')
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : []
  for (const line of lines.toReversed()) {
    const report = stepReport.safeParse(jsonOrNull(line))
    if (report.success && report.data.step === step) return report.data.metrics
  }
  return {}
}
