import type { RunRecord, TrainingStep } from '../record.ts'
import { evenly } from './curves.ts'
import { showFigure } from './figures.ts'
import { type Html, html } from './html.ts'

/** Rows of a table that are shown. */
const MOST_ROWS = 100

/** The states that the run can be taken up from. */
export function checkpointsSection({ checkpoints }: RunRecord): Html | null {
  if (checkpoints.length === 0) return null
  const rows = checkpoints.slice(-MOST_ROWS)
  return html`<section><h2>Checkpoints</h2>
${rows.length < checkpoints.length ? html`<p class="about">The last ${rows.length} of ${checkpoints.length}.</p>` : null}
<div class="table"><table><tr><th>step</th><th>id</th><th>kept as</th></tr>
${rows.map(
  ({ step_number, id, fine_tuned_model_checkpoint }) =>
    html`<tr><td>${step_number}</td><td>${id}</td><td>${fine_tuned_model_checkpoint}</td></tr>`,
)}</table></div></section>`
}

/** What was said on the way: warnings and errors in full, the rest behind a fold. */
export function messagesSection({ messages, steps }: RunRecord): Html | null {
  const notes = steps.flatMap(({ step, notes = [] }) => notes.map((note) => `Step ${step}: ${note}`))
  if (messages.length === 0 && notes.length === 0) return null
  const grave = messages.filter(({ level }) => level !== 'info')
  // a worker says notes as messages too
  const noted = new Set(steps.flatMap(({ notes = [] }) => notes))
  const rest = messages.filter(({ level, message }) => level === 'info' && !noted.has(message))
  const lineOf = ({ created_at, level, message }: RunRecord['messages'][number]) =>
    `${new Date(created_at * 1000).toISOString().slice(11, 19)} ${level}: ${message}`
  return html`<section><h2>What happened</h2>
${grave.length === 0 ? html`<p>No warning and no error.</p>` : linesOf(grave.map(lineOf))}
${folded('Notes of the steps', notes)}
${folded('Every other message', rest.map(lineOf))}</section>`
}

const folded = (title: string, lines: readonly string[]) =>
  lines.length === 0
    ? null
    : html`<details><summary>${title}: ${lines.length}</summary>${linesOf(lines)}</details>`

const linesOf = (lines: readonly string[]) =>
  html`<ul>${evenly(lines, MOST_ROWS).map((line) => html`<li>${line}</li>`)}</ul>`

/** Metrics that count what got no reward or did not go into an update, by how their names begin or end. */
const LEFT_OUT = /^(?:null|without|failed)_|_(?:nulls|failed|left_out)$/

/** What failed and was left out, added up over the steps. */
export function leftOutSection(steps: readonly TrainingStep[]): Html | null {
  const sums = new Map<string, { sum: number; steps: number }>()
  for (const { metrics } of steps) {
    for (const [name, value] of Object.entries(metrics)) {
      if (value === null || !LEFT_OUT.test(name)) continue
      const known = sums.get(name) ?? { sum: 0, steps: 0 }
      sums.set(name, { sum: known.sum + value, steps: known.steps + Number(value > 0) })
    }
  }
  if (sums.size === 0) return null
  return html`<section><h2>Left out</h2>
<p class="about">A failure outside the model that is trained gives no reward: it is left out and counted, never 0.</p>
<div class="table"><table><tr><th></th><th>over all steps</th><th>steps with any</th></tr>
${[...sums].map(
  ([name, found]) =>
    html`<tr><td>${name.replaceAll('_', ' ')}</td><td>${showFigure(found.sum)}</td><td>${found.steps}</td></tr>`,
)}</table></div></section>`
}
