import * as z from 'zod'
import { name, text } from './text.ts'

/** How much a criterion weighs. `fatal` vetoes; the others weigh 5, 2 and 1 (OpenRS, systems.md 3.3). */
export const level = z.enum(['fatal', 'core', 'important', 'highlight']).meta({ id: 'Level' })
export type Level = z.infer<typeof level>

/** Rubric-ARM's two kinds: stated in the request, or implied by it (systems.md 1.4). */
export const rule = z.enum(['hard_rule', 'principle']).meta({ id: 'Rule' })
export type Rule = z.infer<typeof rule>

/** RaR's categories; a pitfall is phrased as its avoidance (systems.md 4). */
export const category = z.enum(['essential', 'important', 'optional', 'pitfall']).meta({ id: 'Category' })
export type Category = z.infer<typeof category>

/** The terms in which criteria say how much they count. All criteria of a rubric use the same one. */
export const SCHEMES = ['level', 'points', 'rule', 'category', 'weight'] as const
export type Scheme = (typeof SCHEMES)[number]

/** One thing that a response is held against. Exactly one of the five schemes says how much it counts. */
export const criterion = z
  .strictObject({
    id: name.describe('Unique within the rubric.'),
    level: level.optional(),
    points: z
      .number()
      .min(-1e6)
      .max(1e6)
      .refine((points) => points !== 0, 'must not be 0')
      .optional()
      .describe('Signed, as in HealthBench: a criterion with points below 0 is something to avoid.'),
    rule: rule.optional(),
    category: category.optional(),
    weight: z.number().min(0).max(1e6).optional().describe('Relative to its siblings.'),
    title: text,
    description: text.optional(),
    clause: name.optional().describe('The clause of the meta-rubric that it was made from.'),
    tags: z.array(name).max(16).optional().describe('The meta-classes (axes) that it belongs to.'),
    get criteria() {
      return z
        .array(criterion)
        .min(1, 'must hold a criterion')
        .optional()
        .describe('Scheme weight only: the criteria below this one, which then is judged through them alone.')
    },
  })
  .meta({ id: 'Criterion' })
export type Criterion = z.infer<typeof criterion>

/** Criteria that are judged, of one rubric; those with others below them are not. */
const MOST_CRITERIA = 1024
/** Levels of a tree of criteria. */
const MOST_LEVELS = 16

export const rubricInput = z
  .strictObject({
    id: z.string().optional().describe('Ignored on input: an id is the hash of the content.'),
    object: z.literal('rubric').optional(),
    meta_rubric: z.string().nullish(),
    criteria: z
      .array(criterion)
      .min(1, 'must hold a criterion')
      .describe(`At most ${MOST_CRITERIA} that are judged, in a tree of at most ${MOST_LEVELS} levels.`),
  })
  .superRefine(({ criteria }, context) => {
    const message = sizeFault(criteria) ?? faultOf(criteria)
    if (message !== null) context.addIssue({ code: 'custom', message, path: ['criteria'] })
    const weightless = message === null && weightlessIn(criteria)
    if (weightless)
      context.addIssue({
        code: 'custom',
        message: `has the weights of ${weightless} sum to 0: give one of them a weight`,
        path: ['criteria'],
        params: { code: 'invalid_rubric' },
      })
  })
  .meta({ id: 'RubricInput' })
export type RubricInput = z.infer<typeof rubricInput>

function sizeFault(criteria: Criterion[]): string | null {
  let level: Criterion[] = criteria
  let judged = 0
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MOST_LEVELS) return `is nested more than ${MOST_LEVELS} levels deep: flatten it`
    judged += level.filter((one) => !one.criteria).length
    if (judged > MOST_CRITERIA) return `has more than ${MOST_CRITERIA} to judge: split the rubric`
    level = level.flatMap((one) => one.criteria ?? [])
  }
  return null
}

/** The ids of siblings whose weights sum to 0, so that nothing could be scored by them; null where there are none. */
function weightlessIn(criteria: Criterion[]): string | null {
  const [first] = criteria
  if (first?.weight !== undefined && criteria.every(({ weight }) => weight === 0)) {
    const shown = criteria.slice(0, 8).map(({ id }) => `'${id}'`)
    return shown.join(', ') + (criteria.length > shown.length ? ' and others' : '')
  }
  for (const { criteria: below } of criteria) {
    const found = below ? weightlessIn(below) : null
    if (found !== null) return found
  }
  return null
}

/** What is wrong with the criteria of a rubric taken together, as the end of a sentence, or null. */
function faultOf(criteria: Criterion[]): string | null {
  const all = everyCriterion(criteria)
  const ids = new Set<string>()
  for (const { id } of all) {
    if (ids.has(id)) return `has two criteria with the id '${id}'`
    ids.add(id)
  }
  const [first] = all
  for (const one of all) {
    const used = SCHEMES.filter((scheme) => one[scheme] !== undefined)
    if (used.length !== 1) return `must say for '${one.id}' exactly one of ${SCHEMES.join(', ')}`
    if (first && first[used[0] ?? 'level'] === undefined) {
      return `mixes '${used[0]}' with another scheme: all criteria of a rubric use the same one`
    }
    if (one.criteria && one.weight === undefined)
      return `has criteria below '${one.id}', which needs a weight`
  }
  return null
}

/** All criteria of a rubric, those below others included, each before those below it. */
export function everyCriterion(criteria: Criterion[]): Criterion[] {
  return criteria.flatMap((one) => [one, ...everyCriterion(one.criteria ?? [])])
}

/** A rubric as it is stored and answered. `id` is the hash of `meta_rubric` and `criteria`. */
export const rubric = z
  .object({
    id: z.string(),
    object: z.literal('rubric'),
    meta_rubric: z.string().nullable().describe('name@version that it was instantiated from, or null.'),
    criteria: z.array(criterion),
  })
  .meta({ id: 'Rubric' })
export type Rubric = z.infer<typeof rubric>

/** A clause of a meta-rubric: a criterion in general form, and when it applies. */
export const clause = z
  .strictObject({ id: name, level, title: text, description: text, applies: text })
  .meta({ id: 'Clause' })
export type Clause = z.infer<typeof clause>

/** One layer as it lies in its data file. A domain layer replaces the pool of the layer that it extends. */
export const metaRubricLayer = z.strictObject({
  name,
  version: z.int().min(1),
  language: z.string(),
  extends: z.string().optional().describe('name@version of the general layer; absent on a general layer.'),
  title: text,
  description: text,
  principles: z.array(text).describe('What a good answer is; general layers only.'),
  fatal: z.array(clause).describe('Clauses that veto; general layers only.'),
  pool: z.array(clause).describe('Candidate clauses; a domain layer replaces the general pool by its own.'),
})
export type MetaRubricLayer = z.infer<typeof metaRubricLayer>

/** A meta-rubric with its layers put together. `id` is the hash of everything below it. */
export const metaRubric = z
  .object({
    id: z.string(),
    object: z.literal('meta_rubric'),
    name: z.string(),
    version: z.int(),
    language: z.string(),
    extends: z.string().nullable(),
    title: z.string(),
    description: z.string(),
    principles: z.array(z.string()),
    clauses: z.array(clause).describe('Fatal clauses first, then the pool.'),
  })
  .meta({ id: 'MetaRubric' })
export type MetaRubric = z.infer<typeof metaRubric>

/**
 * A meta-rubric given by value, as it is answered. Its id is computed anew, so that the same content has one id
 * whoever sends it.
 */
export const metaRubricInput = z
  .strictObject({
    id: z.string().optional().describe('Ignored on input: an id is the hash of the content.'),
    object: z.literal('meta_rubric').optional(),
    name,
    version: z.int().min(1),
    language: z.string(),
    extends: z.string().nullish(),
    title: text,
    description: text,
    principles: z.array(text).max(64),
    clauses: z.array(clause).min(1, 'must hold a clause').max(256),
  })
  .superRefine(({ clauses }, context) => {
    const ids = clauses.map(({ id }) => id)
    const repeated = ids.find((id, index) => ids.indexOf(id) !== index)
    if (repeated === undefined) return
    const message = `has two clauses with the id '${repeated}'`
    context.addIssue({ code: 'custom', message, path: ['clauses'] })
  })
  .meta({ id: 'MetaRubricInput' })
export type MetaRubricInput = z.infer<typeof metaRubricInput>
