import * as z from 'zod'
import { name, text } from './text.ts'

/** How much a criterion weighs. `fatal` vetoes; the others weigh 5, 2 and 1 (OpenRS, systems.md 3.3). */
export const level = z.enum(['fatal', 'core', 'important', 'highlight']).meta({ id: 'Level' })
export type Level = z.infer<typeof level>

export const criterion = z
  .strictObject({
    id: name.describe('Unique within the rubric.'),
    level,
    title: text,
    description: text.optional(),
    clause: name.optional().describe('The clause of the meta-rubric that it was made from.'),
  })
  .meta({ id: 'Criterion' })
export type Criterion = z.infer<typeof criterion>

export const rubricInput = z
  .strictObject({
    id: z.string().optional().describe('Ignored on input: an id is the hash of the content.'),
    object: z.literal('rubric').optional(),
    meta_rubric: z.string().nullish(),
    criteria: z.array(criterion).min(1, 'must hold a criterion').max(64),
  })
  .refine((rubric) => new Set(rubric.criteria.map((c) => c.id)).size === rubric.criteria.length, {
    message: 'has two criteria with one id',
    path: ['criteria'],
  })
  .meta({ id: 'RubricInput' })
export type RubricInput = z.infer<typeof rubricInput>

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
