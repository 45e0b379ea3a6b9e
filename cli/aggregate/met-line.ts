import * as z from 'zod'
import { scoreClasses, showClasses, tagClasses } from '../../shared/classes/class-scores.ts'
import { type Met, scoreMet } from '../../shared/judge/pointwise/score.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import type { ClassScores, Scoring } from '../../shared/protocol/pointwise.ts'
import { rubricInput } from '../../shared/protocol/rubric.ts'
import { Unscored } from './unscored.ts'

export type MetScore = { score: number; classes?: ClassScores }
export type MetScoring = Exclude<Scoring, 'implicit'>

const met = z.union([z.boolean().transform(Number), z.number()]).nullish()

/** A criterion of a rubric, in any of its schemes, with whether it is met; id and title may be left out. */
const judged = z.looseObject({
  met,
  get criteria() {
    return z.array(judged).optional()
  },
})
type Judged = z.infer<typeof judged>

const metLine = z.strictObject({ criteria: z.array(judged) })

/** `{"criteria": [{points | weight | category | level | rule, met, tags?, criteria?}]}`. */
export function scoreMetLine(value: unknown, scoring: MetScoring): MetScore {
  return scoreJudged(parseWith(metLine, value).criteria, scoring)
}

const healthbenchLine = z.looseObject({
  rubrics: z.array(
    z.looseObject({
      criterion: z.string().optional(),
      points: z.number(),
      tags: z.array(z.string()).optional(),
      criteria_met: met,
    }),
  ),
})

/** An example in HealthBench's layout (systems.md 2.2), each item of its rubric with its grade. */
export function scoreHealthbenchLine(value: unknown, scoring: MetScoring): MetScore {
  const { rubrics } = parseWith(healthbenchLine, value)
  const criteria = rubrics.map(({ criterion, points, tags, criteria_met }) => ({
    ...(criterion && { title: criterion }),
    ...(tags && { tags }),
    points,
    met: criteria_met,
  }))
  return scoreJudged(criteria, scoring)
}

const paperbenchNode = z.looseObject({
  id: z.string().optional(),
  requirements: z.string().optional(),
  weight: z.number(),
  score: z.number().nullish(),
  valid_score: z.boolean().optional(),
  get sub_tasks() {
    return z.array(paperbenchNode).optional()
  },
})
type PaperbenchNode = z.infer<typeof paperbenchNode>

/** A tree in PaperBench's layout. Only the scores of leaves count; those above them are worked out anew. */
export function scorePaperbenchLine(value: unknown, scoring: MetScoring): MetScore {
  const root = parseWith(paperbenchNode, value)
  return scoreJudged([fromNode({ ...root, weight: 1 })], scoring)
}

function fromNode({ id, requirements, weight, score, valid_score, sub_tasks }: PaperbenchNode): Judged {
  const named = { ...(id && { id }), ...(requirements && { title: requirements }), weight }
  return sub_tasks && sub_tasks.length > 0
    ? { ...named, criteria: sub_tasks.map(fromNode) }
    : { ...named, met: valid_score === false ? null : score }
}

/** Throws what a rubric in a request would be refused with, and `Unscored` where it has no score. */
function scoreJudged(given: Judged[], scoring: MetScoring): MetScore {
  const verdicts: Met[] = []
  const { criteria } = parseWith(rubricInput, { criteria: named(given, '', verdicts) })
  const { score, error } = scoreMet(criteria, verdicts, scoring)
  if (error !== null) throw new Unscored(error.message)
  const classes = tagClasses(criteria)
  if (Object.keys(classes).length === 0) return { score }
  return { score, classes: showClasses(scoreClasses(criteria, verdicts, scoring, classes)) }
}

/** Criteria with an id each, their place where they have none, and their verdicts apart. */
function named(given: Judged[], above: string, verdicts: Met[]): object[] {
  return given.map(({ met, criteria, ...said }, index) => {
    const place = `${above}${index + 1}`
    const one = { id: place, title: place, ...said }
    if (criteria) return { ...one, criteria: named(criteria, `${place}.`, verdicts) }
    verdicts.push({ id: String(one.id), met: met ?? null })
    return one
  })
}
