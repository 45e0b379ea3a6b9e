import type { TrainingStep } from '../record.ts'
import { evenly } from './curves.ts'
import { showFigure } from './figures.ts'
import { type Html, html } from './html.ts'

/** Samples of a kind that are shown, evenly over the run. */
const MOST_SAMPLES = 24
/** Characters of a text that are shown. */
const MOST_CHARACTERS = 4000

const TITLES = { rubric: 'Rubrics', judgment: 'Judgments', response: 'Responses' } as const

/** What the models wrote as the run went on, each with its reward. All of it is text to us, whatever it looks like. */
export function samplesSection(steps: readonly TrainingStep[]): Html | null {
  const all = steps.flatMap(({ step, phase, samples }) =>
    samples.map((sample) => ({ step, phase, ...sample })),
  )
  if (all.length === 0) return null
  const kinds = (['rubric', 'judgment', 'response'] as const).map((kind) => {
    const ofKind = all.filter((sample) => sample.kind === kind)
    if (ofKind.length === 0) return null
    const shown = evenly(ofKind, MOST_SAMPLES)
    return html`<h3>${TITLES[kind]}</h3>
<p class="about">${shown.length} of ${ofKind.length}, from the first step to the last.</p>
${shown.map(
  ({ step, phase, prompt, text, reward }) => html`<details class="sample">
<summary><b>step ${step}</b> <span>${phase}</span> <span class="reward">${
    reward === null ? 'no reward' : `reward ${showFigure(reward)}`
  }</span> <bdi class="begin">${text.slice(0, 120)}</bdi></summary>
<h4>Prompt</h4><pre>${cut(prompt)}</pre>
<h4>Text</h4><pre>${cut(text)}</pre>
</details>
`,
)}`
  })
  return html`<section><h2>Samples</h2>
${kinds}</section>`
}

const cut = (text: string) =>
  text.length <= MOST_CHARACTERS
    ? text
    : `${text.slice(0, MOST_CHARACTERS)}\n[${text.length - MOST_CHARACTERS} more characters]`
