import * as z from 'zod'
import { openSchedule } from '../arl-rr/alternate.ts'
import { type Evaluation, schedule } from '../arl-rr/schedule.ts'
import type { ClassScores } from '../protocol/pointwise.ts'
import type { RunSettings } from '../protocol/run.ts'
import { type FadingMean, fadingMean, meanOf } from './fading-mean.ts'
import { observationCost } from './observation-cost.ts'

/**
 * Where a run is, as JSON: all that the class of the next group follows from. Without classes it counts groups and
 * steps and no more.
 */
export const runState = z.strictObject({
  groups: z.int().min(0),
  step: z.int().min(0).describe('Steps that were begun.'),
  in_step: z.int().min(0).describe('Groups of the step under way.'),
  in_phase: z.int().min(0).describe('Steps of the phase under way, with the one under way.'),
  schedule: schedule.nullable(),
  scores: z.record(z.string(), fadingMean).describe('By class, what its score is the mean of.'),
  masked: z.record(z.string(), z.int()).describe('By class, responses that were masked while it was active.'),
  contraction: fadingMean.nullable(),
  correlations: z.record(z.string(), fadingMean).describe('By two classes, A~B.'),
  observation: observationCost,
})
export type RunState = z.infer<typeof runState>

const NOTHING_SPENT = {
  ...{ responses: 0, judge_calls: 0, prompt_tokens: 0, completion_tokens: 0, cached_tokens: 0 },
  cost: null,
}

/** A run in which nothing has happened. */
export function openRun({ classes, objective, seed }: RunSettings): RunState {
  const names = Object.keys(classes ?? {})
  const unknown = { classes: Object.fromEntries(names.map((one) => [one, null])), overall: null }
  return {
    ...{ groups: 0, step: 0, in_step: 0, in_phase: 0 },
    schedule: classes !== null && objective === 'alternate' ? openSchedule(names, seed, unknown) : null,
    ...{ scores: {}, masked: {}, contraction: null, correlations: {}, observation: NOTHING_SPENT },
  }
}

/** Steps after which a score counts half: as the settings say, or a quarter of a phase. */
export function halfLifeOf({ half_life, phase_steps }: RunSettings): number {
  return half_life ?? Math.max(1, phase_steps / 4)
}

/** What class weights there are: all alike where none are said, 0 for a class that others are weighed without. */
export function weightsOf({ classes, class_weights }: RunSettings): Record<string, number> {
  return class_weights ?? Object.fromEntries(Object.keys(classes ?? {}).map((one) => [one, 1]))
}

/** What the run's responses reach now by what was looked at: a proxy, since the very policy is nowhere at hand. */
export function evaluationOf(settings: RunSettings, { scores }: RunState): Evaluation {
  const classes = Object.fromEntries(
    Object.keys(settings.classes ?? {}).map((one) => {
      const kept = keptOf(scores, one)
      return [one, kept ? meanOf(kept) : null]
    }),
  )
  return { classes, overall: overallOf(settings, classes) }
}

/** The weighted mean of the classes that have a score; null without any. */
export function overallOf(settings: RunSettings, classes: ClassScores): number | null {
  const weights = weightsOf(settings)
  let [sum, total] = [0, 0]
  for (const [one, score] of Object.entries(classes)) {
    const weight = Object.hasOwn(weights, one) ? (weights[one] ?? 0) : 0
    if (score === null || weight === 0) continue
    sum += weight * score
    total += weight
  }
  return total > 0 ? sum / total : null
}

/** What is kept under a name; nothing for a name that every object has. */
export function keptOf(means: Record<string, FadingMean>, name: string): FadingMean | undefined {
  return Object.hasOwn(means, name) ? means[name] : undefined
}
