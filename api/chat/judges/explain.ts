import type { Verdict } from './verdict.ts'

/** What was found in words, with the rubric that it was found by. Nothing that a response says is in it. */
export function explain({ scores, best, score, confidence, rubric, protocol }: Verdict): string {
  const sure = confidence === null ? '' : `, confidence ${shown(confidence)}`
  const found =
    scores.length === 1
      ? `Scored ${shown(score)} by ${protocol}.`
      : best === null
        ? `No difference was found by ${protocol}.`
        : `Response ${best + 1} of ${scores.length} is better by ${protocol}: score ${shown(score)}${sure}.`
  if (rubric === null) return found
  const criteria = rubric.criteria.map(({ title }) => `- ${title}`)
  return [found, '', `Rubric ${rubric.id}:`, ...criteria].join('\n')
}

const shown = (value: number): string => String(Number(value.toPrecision(3)))
