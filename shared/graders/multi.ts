import { GraderFault, mergeErrors, NO_ERRORS } from './fault.ts'
import { evaluateFormula, variablesOf } from './formula/evaluate.ts'
import { type Formula, parseFormula } from './formula/parse.ts'
import type { Grade } from './grader.ts'
import type { LeafGrader, MultiGrader } from './graders.ts'

/**
 * The graders of a `multi` by the names under which their scores are shown: the key of an object, the name of a
 * grader in a list. Throws `GraderFault` (`formula_parse_error`) where two have one name.
 */
export function namedGraders({ graders }: Pick<MultiGrader, 'graders'>): Map<string, LeafGrader> {
  const entries = Array.isArray(graders)
    ? graders.map((one): [string, LeafGrader] => [one.name, one])
    : isLeaf(graders)
      ? [[graders.name, graders] as [string, LeafGrader]]
      : Object.entries(graders)
  const named = new Map(entries)
  if (named.size === entries.length) return named
  throw new GraderFault({ formula_parse_error: true }, "'graders' has two of one name: rename one.")
}

/** Whether a `multi` has one grader, which is no object of graders by name. */
export function isLeaf(graders: MultiGrader['graders']): graders is LeafGrader {
  return 'type' in graders && typeof graders.type === 'string'
}

/**
 * What a formula may call each grader, to the name that its score is shown under: that name, its own name, or
 * `<type>_score` as in OpenAI's example, where only one grader can be meant.
 */
export function formulaNames(named: ReadonlyMap<string, LeafGrader>): Map<string, string> {
  const names = new Map([...named.keys()].map((name) => [name, name]))
  for (const nameOf of [(one: LeafGrader) => one.name, (one: LeafGrader) => `${one.type}_score`]) {
    const called = [...named].map(([shown, one]): [string, string] => [nameOf(one), shown])
    for (const [name, shown] of called) {
      const meant = called.filter(([other]) => other === name).length
      if (meant === 1 && !names.has(name)) names.set(name, shown)
    }
  }
  return names
}

/** Reads the formula of a `multi`. Throws `GraderFault` (`formula_parse_error`). */
export function formulaOf(spec: MultiGrader): Formula {
  return parseFormula(spec.calculate_output, [...formulaNames(namedGraders(spec)).keys()])
}

/**
 * The grade of a `multi` from those of its graders. Where one that the formula reads could not tell, or the formula
 * gives no number, there is no reward but the `invalid_grade` that the grader itself names.
 */
export function combineGrades(spec: MultiGrader, parts: Record<string, Grade>): Grade {
  const all = Object.values(parts)
  const errors = mergeErrors(all.map((part) => part.errors))
  const uses = all.flatMap((part) => part.uses)
  const combined = { errors, uses, reply: null, parts }
  try {
    return { ...combined, reward: rewardOf(spec, parts), details: null }
  } catch (error) {
    if (!(error instanceof GraderFault)) throw error
    const reward = spec.invalid_grade ?? null
    return { ...combined, reward, errors: mergeErrors([errors, error.errors]), details: error.message }
  }
}

function rewardOf(spec: MultiGrader, parts: Record<string, Grade>): number {
  const names = formulaNames(namedGraders(spec))
  const formula = parseFormula(spec.calculate_output, [...names.keys()])
  const values = new Map<string, number>()
  for (const variable of variablesOf(formula)) {
    const shown = names.get(variable) ?? variable
    const reward = parts[shown]?.reward
    if (reward == null)
      throw new GraderFault(NO_ERRORS, `'${shown}' could not tell: ${parts[shown]?.details}`)
    values.set(variable, reward)
  }
  return evaluateFormula(formula, values)
}
