import type { FineTuningJob } from '../../shared/protocol/fine-tuning.ts'
import { columns } from '../columns.ts'
import { clean } from '../judgment-lines.ts'
import { showSeconds } from './report/figures.ts'

/** A job as lines that a person reads. */
export function jobLines(job: FineTuningJob): string[] {
  const { progress, error } = job
  const facts: [name: string, value: string | null][] = [
    ['job', job.id],
    ['status', job.status],
    ['method', job.method.type],
    ['model', job.model],
    ['data', job.training_file],
    ['step', stepOf(job)],
    ['phase', progress.phase],
    ['tokens', job.trained_tokens === null ? null : String(job.trained_tokens)],
    ['took', job.finished_at === null ? null : showSeconds(job.finished_at - job.created_at)],
    ...Object.entries(job.fine_tuned_models).map(([role, name]): [string, string] => [role, name]),
    ...job.result_files.map((id): [string, string] => ['taught', id]),
    ['error', error && clean(error.message)],
    ['go on', job.status === 'failed' ? `plumbline train resume ${job.id}` : null],
  ]
  return facts.flatMap(([name, value]) => (value === null ? [] : [`${name.padEnd(12)} ${value}`]))
}

/** Jobs as a table, a line each. */
export function jobTable(jobs: readonly FineTuningJob[]): string {
  if (jobs.length === 0) return 'No job was created yet.'
  const rows = jobs.map((job) => [
    job.id,
    job.status,
    job.method.type,
    job.model,
    stepOf(job),
    new Date(job.created_at * 1000).toISOString().slice(0, 16).replace('T', ' '),
  ])
  return columns(['id', 'status', 'method', 'model', 'step', 'created (UTC)'], rows)
}

const stepOf = ({ progress: { step, steps } }: FineTuningJob) =>
  steps === null ? String(step) : `${step}/${steps}`
