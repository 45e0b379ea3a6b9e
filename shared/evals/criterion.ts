import * as z from 'zod'
import { findFault } from '../graders/grade.ts'
import { type Grader, grader } from '../graders/graders.ts'
import { PlumblineError } from '../protocol/error.ts'
import { parseWith } from '../protocol/parse.ts'

/** A grader of an eval as it is kept: with all that was sent, so that it is shown as it came. */
export const storedCriterion = z
  .record(z.string(), z.unknown())
  .describe('A grader; pass_threshold says from which score on it passes.')
export type StoredCriterion = z.infer<typeof storedCriterion>

/** A grader of an eval, and when it passes. */
export type Criterion = {
  /** What its results are told under: its `id` where it has one, as an imported one does, else its name. */
  label: string
  grader: Grader
  /** The score that passes. */
  threshold: number
}

const beside = z.object({ id: z.string().nullish(), pass_threshold: z.number().nullish() })

/**
 * Reads a testing criterion. Without `pass_threshold` a string or a label passes at 1, a number that a model gives from
 * the middle of its range on, any other score from 0.5 on (our choice: OpenAI documents none). Throws
 * `invalid_request`.
 */
export function readCriterion(stored: StoredCriterion): Criterion {
  const spec = parseWith(grader, stored)
  const { id, pass_threshold } = parseWith(beside, stored)
  if (spec.type === 'text_similarity' && pass_threshold == null) {
    const message = `'pass_threshold' of '${spec.name}' is missing: say from which score on text_similarity passes.`
    throw new PlumblineError('invalid_request', message, { param: 'pass_threshold' })
  }
  return { label: id ?? spec.name, grader: spec, threshold: pass_threshold ?? ownThreshold(spec) }
}

/** The criteria of an eval that is made here: such as can be run, each of a name of its own. */
export function requireCriteria(stored: readonly StoredCriterion[]): Criterion[] {
  const criteria = stored.map(readCriterion)
  for (const [index, { label, grader }] of criteria.entries()) {
    const fault = findFault(grader)
    const twice = criteria.findIndex((other) => other.label === label) !== index
    const message = twice ? `Two testing criteria are called '${label}': rename one.` : fault
    if (message) throw new PlumblineError('invalid_request', message, { param: `testing_criteria.${index}` })
  }
  return criteria
}

function ownThreshold(spec: Grader): number {
  if (spec.type === 'string_check' || spec.type === 'label_model') return 1
  const [least, most] = (spec.type === 'score_model' && spec.range) || [0, 1]
  return (least + most) / 2
}
