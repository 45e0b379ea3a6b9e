import type { FineTuningJob } from '../../../shared/protocol/fine-tuning.ts'
import type { RunRecord } from '../record.ts'
import { showSeconds } from './figures.ts'
import { type Html, html } from './html.ts'

/** What was trained, from what, how, and how long it took. */
export function summarySection(record: RunRecord): Html {
  const { job, steps } = record
  const facts = [...(job ? jobFacts(job, record) : []), ...stepFacts(record)]
  return html`<section><h2>Summary</h2>
${job?.error ? html`<p><b>${job.error.message}</b></p>` : null}
<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
${
  job
    ? html`<details><summary>Configuration</summary><pre>${JSON.stringify(job.method, null, 2)}</pre></details>`
    : null
}
${steps.length === 0 ? html`<p>No step was made.</p>` : null}</section>`
}

type Fact = [name: string, value: string]

function jobFacts(job: FineTuningJob, { data }: RunRecord): Fact[] {
  const trained = Object.entries(job.fine_tuned_models)
  return [
    ['job', job.id],
    ['method', job.method.type],
    ['model', job.model],
    ['trained on', data ? `${data.filename}, ${data.bytes} bytes, ${data.id}` : job.training_file],
    ...(job.validation_file ? [['held out', job.validation_file] satisfies Fact] : []),
    ['seed', String(job.seed)],
    ['began', showTime(job.created_at)],
    ...(job.finished_at === null ? [] : [['ended', showTime(job.finished_at)] satisfies Fact]),
    ...(job.finished_at === null
      ? []
      : [['in all', showSeconds(job.finished_at - job.created_at)] satisfies Fact]),
    ...(job.trained_tokens === null ? [] : [['tokens', String(job.trained_tokens)] satisfies Fact]),
    ...trained.map(([role, name]): Fact => [`served (${role})`, name]),
  ]
}

function stepFacts({ job, steps }: RunRecord): Fact[] {
  const last = steps.at(-1)
  if (!last) return []
  const spent = steps.reduce((sum, { seconds }) => sum + seconds.rollout + seconds.reward + seconds.update, 0)
  const total = job?.progress.steps ?? null
  return [
    ['steps', total === null ? String(last.step) : `${last.step} of ${total}`],
    ['time in steps', `${showSeconds(spent)}, ${showSeconds(spent / steps.length)} a step`],
  ]
}

/** In universal time: a report is read in other places than it was made in. */
const showTime = (seconds: number) =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`
