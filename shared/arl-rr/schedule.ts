import * as z from 'zod'
import { classScores } from '../protocol/pointwise.ts'
import { name } from '../protocol/text.ts'

/** What a policy reaches on held-out prompts: the mean score of each meta-class, and of the whole. */
export const evaluation = z
  .strictObject({
    classes: classScores,
    overall: z.number().nullable().describe('null where no held-out response could be scored.'),
  })
  .meta({ id: 'ClassEvaluation' })
export type Evaluation = z.infer<typeof evaluation>

const phase = z.strictObject({
  meta_class: name,
  chosen_by: z
    .string()
    .describe('first: the settings; a kind of selector; fallback: the next in turn, the selector knew none.'),
  probability: z.number().nullable().describe('Of the draw, where the selector draws.'),
})

/** Training on one meta-class, and why that one. */
export type Phase = z.infer<typeof phase>

const endedPhase = z.strictObject({
  ...phase.shape,
  steps: z.int().min(0),
  ended_by: z.enum(['length', 'floor']).describe('floor: another class fell too far.'),
  after: evaluation,
})
export type EndedPhase = z.infer<typeof endedPhase>

/**
 * Where an alternation of meta-classes is, as JSON: all that a selector or a guard rail goes by, and the log of why
 * each class was trained when.
 */
export const schedule = z
  .strictObject({
    classes: z.array(name).min(1, 'must name a class').max(64),
    seed: z.int(),
    before: evaluation.describe('Of the policy before the first phase.'),
    ended: z.array(endedPhase),
    phase: phase.nullable().describe('Under way; null between two phases.'),
  })
  .meta({ id: 'ClassSchedule' })
export type Schedule = z.infer<typeof schedule>

/** Every evaluation so far, the oldest first. */
export function evaluationsOf({ before, ended }: Schedule): Evaluation[] {
  return [before, ...ended.map(({ after }) => after)]
}

/** The newest evaluation: where the phase under way began. */
export function latest({ before, ended }: Schedule): Evaluation {
  return ended.at(-1)?.after ?? before
}

/** The score of a class; null where it has none. */
export function scoreIn({ classes }: Evaluation, metaClass: string): number | null {
  return Object.hasOwn(classes, metaClass) ? (classes[metaClass] ?? null) : null
}

/** What each phase changed, in their order: of its own class's score, and of the overall score; null where unknown. */
export function changesOf(schedule: Schedule): (Pick<EndedPhase, 'meta_class' | 'probability' | 'steps'> & {
  own: number | null
  overall: number | null
})[] {
  const evaluations = evaluationsOf(schedule)
  return schedule.ended.map(({ meta_class, probability, steps, after }, at) => {
    const before = evaluations[at]
    return {
      meta_class,
      probability,
      steps,
      own: before ? difference(scoreIn(after, meta_class), scoreIn(before, meta_class)) : null,
      overall: before ? difference(after.overall, before.overall) : null,
    }
  })
}

function difference(after: number | null, before: number | null): number | null {
  return after === null || before === null ? null : after - before
}
