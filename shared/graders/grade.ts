import type * as z from 'zod'
import { GraderFault, mergeErrors, NO_ERRORS } from './fault.ts'
import type { Grade, GraderDefinition, Scored, Surroundings } from './grader.ts'
import { GRADERS, type Grader, type LeafGrader } from './graders.ts'
import { combineGrades, formulaOf, isLeaf, namedGraders } from './multi.ts'
import { findBadHole, type Namespaces } from './template.ts'

type Type = LeafGrader['type']
type SpecOf<T extends Type> = Extract<LeafGrader, { type: T }>
const TABLE: { [T in Type]: Pick<GraderDefinition<z.ZodType<SpecOf<T>>>, 'templates' | 'grade'> } = GRADERS

/**
 * Grades one sample. What a grader can't tell is a null with its errors, never a score; `model_not_found` and
 * `not_configured` are thrown, since no sample would be graded.
 */
export async function grade(
  spec: Grader,
  namespaces: Namespaces,
  surroundings: Surroundings,
): Promise<Grade> {
  if (spec.type !== 'multi') return gradeLeaf(spec, namespaces, surroundings)
  try {
    formulaOf(spec)
  } catch (error) {
    return untold(error)
  }
  const parts = await Promise.all(
    [...namedGraders(spec)].map(async ([name, one]) => [
      name,
      await gradeLeaf(one, namespaces, surroundings),
    ]),
  )
  return combineGrades(spec, Object.fromEntries(parts))
}

/** What is wrong with a grader whatever it is given, as a sentence; null where nothing is. */
export function findFault(spec: Grader): string | null {
  const holes = leavesOf(spec).flatMap((one) => templatesOf(one).map(findBadHole))
  const fault = holes.find((hole) => hole !== null)
  if (fault) return fault
  try {
    if (spec.type === 'multi') formulaOf(spec)
    return null
  } catch (error) {
    if (error instanceof GraderFault) return error.message
    throw error
  }
}

/** The ids of the models that a grader asks. */
export function modelsOf(spec: Grader): string[] {
  return leavesOf(spec).flatMap((one) => ('model' in one && one.model !== undefined ? [one.model] : []))
}

function leavesOf(spec: Grader): LeafGrader[] {
  if (spec.type !== 'multi') return [spec]
  return Array.isArray(spec.graders) || !isLeaf(spec.graders) ? Object.values(spec.graders) : [spec.graders]
}

function templatesOf<T extends Type>(spec: SpecOf<T>): string[] {
  return TABLE[spec.type].templates(spec)
}

function attempt<T extends Type>(spec: SpecOf<T>, namespaces: Namespaces, surroundings: Surroundings) {
  return TABLE[spec.type].grade(spec, namespaces, surroundings)
}

async function gradeLeaf(
  spec: LeafGrader,
  namespaces: Namespaces,
  surroundings: Surroundings,
): Promise<Grade> {
  const { sandbox, pythonElsewhere } = surroundings
  try {
    if (spec.type === 'python' && pythonElsewhere && !sandbox.languages.includes('python')) {
      return await pythonElsewhere(spec, namespaces)
    }
    return told(await attempt(spec, namespaces, surroundings))
  } catch (error) {
    return untold(error)
  }
}

function told({ reward, details, use, reply }: Scored): Grade {
  return { ...NOTHING, reward, details: details ?? null, uses: use ? [use] : [], reply: reply ?? null }
}

/** What a grader threw, as a grade that is none. Throws what is no fault of a grader. */
function untold(error: unknown): Grade {
  if (!(error instanceof GraderFault)) throw error
  const { errors, message: details, spent } = error
  const uses = spent ? [spent.use] : []
  return { ...NOTHING, errors: mergeErrors([errors]), details, uses, reply: spent?.reply ?? null }
}

const NOTHING: Grade = { reward: null, errors: NO_ERRORS, details: null, uses: [], reply: null, parts: {} }
