import * as z from 'zod'
import type { ClassMap } from '../classes/class-scores.ts'
import { scoreMet } from '../judge/pointwise/score.ts'
import { PlumblineError } from '../protocol/error.ts'
import { explain, jsonOrNull } from '../protocol/parse.ts'
import type { RewardRequest } from '../protocol/reward.ts'
import { type Criterion, type RubricInput, rubricInput } from '../protocol/rubric.ts'
import { name, text } from '../protocol/text.ts'
import { leavesOf, taggedPart } from '../rubric/tree.ts'
import { type VerifierSpec, verifierSpec } from '../verify/verifiers.ts'

type ByVerifiers = { by: 'verifiers'; verifiers: Record<string, VerifierSpec[]> }

/** What a prompt's responses are scored by, class by class, as it was said; null where no reference answer is shown. */
export type StatedCriteria =
  | ByVerifiers
  | { by: 'rubric'; rubric: RubricInput | string; reference: string | null }

/** The same, with the rubric itself. */
export type ClassCriteria = ByVerifiers | { by: 'rubric'; criteria: Criterion[]; reference: string | null }

const verifiersLabel = z.strictObject({
  verifiers: z
    .record(name, z.array(verifierSpec).min(1, 'must hold a verifier').max(64))
    .refine((tags) => Object.keys(tags).length > 0, 'must name a tag'),
})
const rubricLabel = z.strictObject({
  rubric: z.union([z.string(), rubricInput]),
  reference: text.optional(),
})

/**
 * What the label of a sample says of its criteria, as a line of a file for `plumbline train arl_rr` does, but for the
 * prompt; or a rubric, or the id of one, by itself. Throws `invalid_rubric` naming the label.
 */
export function criteriaOfLabel(label: string | null, param: string): StatedCriteria {
  const given = label?.trim() ?? ''
  if (/^rub_[0-9a-f]+$/.test(given)) return { by: 'rubric', rubric: given, reference: null }
  const json = jsonOrNull(given)
  if (typeof json !== 'object' || json === null) throw noCriteria(param, 'send that as text.')
  const has = (field: string) => Object.hasOwn(json, field)
  if (has('verifiers')) return { by: 'verifiers', verifiers: read(verifiersLabel, json, param).verifiers }
  if (has('rubric')) {
    const { rubric, reference = null } = read(rubricLabel, json, param)
    return { by: 'rubric', rubric, reference }
  }
  return { by: 'rubric', rubric: read(rubricInput, json, param), reference: null }
}

function read<T>(schema: z.ZodType<T>, json: object, param: string): T {
  const parsed = schema.safeParse(json)
  if (parsed.success) return parsed.data
  throw noCriteria(param, explain(parsed.error).message)
}

function noCriteria(param: string, why: string): PlumblineError {
  const forms =
    '{"verifiers": {TAG: [...]}} or {"rubric": {"criteria": [...]}} as JSON, or the id of a rubric'
  const message = `'${param}' says no criteria, which this run's classes are made of, ${forms}: ${why}`
  return new PlumblineError('invalid_rubric', message, { param })
}

/** The fields of a request that rewards by one class alone. */
export type ClassPart = Pick<RewardRequest, 'rubric' | 'reference' | 'constraints'>

/**
 * What each class is rewarded by: the verifiers or the criteria with one of its tags. A class that the prompt has
 * nothing for is left out: there its responses are masked, which is not a score of 0 (systems.md 2.3). So is one without
 * points above 0, unless responses are compared by it, which needs none.
 */
export function classParts(
  classes: ClassMap,
  criteria: ClassCriteria,
  compared: boolean,
): Map<string, ClassPart> {
  const parts = Object.entries(classes).map(([one, tags]): [string, ClassPart | null] => {
    if (criteria.by === 'rubric') return [one, ofRubric(criteria, tags, compared)]
    const { verifiers } = criteria
    const constraints = tags.flatMap((tag) => (Object.hasOwn(verifiers, tag) ? (verifiers[tag] ?? []) : []))
    return [one, constraints.length > 0 ? { constraints } : null]
  })
  return new Map(parts.flatMap(([one, part]) => (part === null ? [] : [[one, part]])))
}

function ofRubric(
  { criteria, reference }: Extract<ClassCriteria, { by: 'rubric' }>,
  tags: string[],
  compared: boolean,
): ClassPart | null {
  const part = taggedPart(criteria, new Set(tags))
  if (part.length === 0) return null
  const met = leavesOf(part).map(({ id }) => ({ id, met: 1 }))
  if (!compared && scoreMet(part, met, 'explicit').score === null) return null
  return { rubric: { criteria: part }, ...(reference !== null && { reference }) }
}
