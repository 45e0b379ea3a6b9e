import { figureOf, type TrainingStep } from '../record.ts'
import { drawCurve, drawShares, type Frame } from './chart.ts'
import { colourOf } from './colours.ts'
import { curveOf } from './curves.ts'
import { type Figure, figuresOf, showFigure } from './figures.ts'
import { type Html, html, trusted } from './html.ts'
import { phasesOf, stretchesOf } from './phases.ts'

/** Phases that the legend names; the colours are fewer. */
const MOST_NAMED = 24
const PARTS = ['rollout', 'reward', 'update'] as const

/** Every metric over the steps, and where the time went. */
export async function curvesSection(steps: readonly TrainingStep[]): Promise<Html | null> {
  const last = steps.at(-1)
  if (!last) return null
  const phases = phasesOf(steps)
  const frame: Frame = { phases, stretches: stretchesOf(steps), steps: last.step }
  const { known, others } = figuresOf(steps)
  const draw = (figures: Figure[]) => Promise.all(figures.map((figure) => curve(figure, steps, frame)))
  return html`<section><h2>Curves</h2>
<p class="about">Over the steps of the run, a colour a phase${
    frame.stretches.length > 1 ? html`; dotted where the phase changes` : null
  }. Where the steps are many, a bold line is the mean of some before, and a band the range of those that one point stands for.</p>
<ul class="legend">${phases.slice(0, MOST_NAMED).map((phase, place) => legend(phase, place))}${
    phases.length > MOST_NAMED ? html`<li>and ${phases.length - MOST_NAMED} more</li>` : null
  }</ul>
<div class="charts">
${await draw(known)}
${await timeChart(steps, frame)}
</div>
${
  others.length === 0
    ? null
    : html`<details><summary>Other metrics: ${others.length}</summary><div class="charts">
${await draw(others)}</div></details>`
}</section>`
}

const legend = (name: string, place: number) =>
  html`<li><svg width="10" height="10" aria-hidden="true"><rect width="10" height="10" rx="2" fill="${colourOf(place)}"/></svg> ${name}</li>`

async function curve({ name, title, about }: Figure, steps: readonly TrainingStep[], frame: Frame) {
  const points = curveOf(steps, (step) => figureOf(step, name))
  const least = points.reduce((least, { low }) => Math.min(least, low), Number.POSITIVE_INFINITY)
  const most = points.reduce((most, { high }) => Math.max(most, high), Number.NEGATIVE_INFINITY)
  const end = points.reduce((end, point) => (point.step >= end.step ? point : end), { step: 0, value: 0 })
  return html`<figure><figcaption><b>${title}</b> <span>${about}</span></figcaption>
${trusted(await drawCurve(points, frame))}
<p class="about">at the end ${showFigure(end.value)}, from ${showFigure(least)} to ${showFigure(most)}</p></figure>
`
}

async function timeChart(steps: readonly TrainingStep[], frame: Frame): Promise<Html> {
  const total = ({ seconds }: TrainingStep) => seconds.rollout + seconds.reward + seconds.update
  // one line for all phases, so that every part has its points at the same steps
  const merged = steps.map((step) => ({ ...step, phase: '' }))
  const points = PARTS.flatMap((part) =>
    curveOf(merged, (step) => (total(step) > 0 ? step.seconds[part] / total(step) : null)).map(
      ({ step, value }) => ({ step, part, share: value }),
    ),
  )
  const spent = steps.reduce((sum, step) => sum + total(step), 0)
  const shares = PARTS.map((part) => {
    const seconds = steps.reduce((sum, step) => sum + step.seconds[part], 0)
    return `${part} ${spent > 0 ? Math.round((100 * seconds) / spent) : 0} %`
  })
  return html`<figure><figcaption><b>Time</b> <span>share of a step</span></figcaption>
${trusted(await drawShares(points, PARTS, frame))}
<ul class="legend">${PARTS.map((_, place) => legend(shares[place] ?? '', place))}</ul></figure>
`
}
