import {
  bareList,
  type Expression,
  type ListExpression,
  type Matrix,
  type Relation,
  type SetOperation,
} from './expression.ts'
import { sameQuantity } from './quantity.ts'
import { realsOf, sameReals } from './reals.ts'
import { assigned, sameRelation } from './relation.ts'
import type { Terms } from './scalar.ts'
import { plainWords } from './words.ts'

/** Longest list whose items are compared in any order. */
const MAX_UNORDERED = 100

/**
 * Whether two answers are the same: numbers and formulas, lists (tuples, sets, intervals), matrices, relations and
 * words, and across these where one way of writing means the other: x = 5 and 5, 1 < x < 2 and (1, 2), a column and
 * a tuple. Null where it can't be told. Throws `OutOfWork`.
 */
export function equal(given: Expression, wanted: Expression, terms: Terms): boolean | null {
  const direct = alike(given, wanted, terms)
  if (direct === true || !(isSet(given) || isSet(wanted))) return direct
  if (given.kind === 'relation' && wanted.kind === 'relation' && !sameVariable(given, wanted)) return direct
  const [a, b] = [realsOf(given, terms), realsOf(wanted, terms)]
  return a !== null && b !== null && sameReals(a, b, terms) ? true : direct
}

/** Whether it may stand for a set of numbers, beside the lists that do. */
const isSet = (expression: Expression) =>
  ['set-operation', 'relation'].includes(expression.kind) ||
  (expression.kind === 'name' && expression.name === 'ℝ')

const variableOf = ({ sides }: Relation) => sides.find((side) => side.kind === 'name')
const sameVariable = (a: Relation, b: Relation) => {
  const [one, other] = [variableOf(a), variableOf(b)]
  return one?.kind === 'name' && other?.kind === 'name' && one.name === other.name
}

function alike(given: Expression, wanted: Expression, terms: Terms): boolean | null {
  if (given.kind === 'text' || wanted.kind === 'text') {
    if (given.kind === wanted.kind) return wordsOf(given) === wordsOf(wanted)
  }
  if (given.kind === 'relation' || wanted.kind === 'relation') return sameWithRelation(given, wanted, terms)
  if (given.kind === 'matrix' || wanted.kind === 'matrix') return sameMatrix(given, wanted, terms)
  if (given.kind === 'list' || wanted.kind === 'list') return sameList(given, wanted, terms)
  if (given.kind === 'set-operation' || wanted.kind === 'set-operation') {
    if (given.kind !== 'set-operation' || wanted.kind !== 'set-operation') return false
    return sameOperation(given, wanted, terms)
  }
  return sameQuantity(given, wanted, terms)
}

/** Of sets that are named and not spelt out: A ∪ B is B ∪ A. */
function sameOperation(given: SetOperation, wanted: SetOperation, terms: Terms): boolean | null {
  if (given.operator !== wanted.operator) return false
  const [a, b] = [given, wanted].map(({ left, right }) => [left, right])
  if (a === undefined || b === undefined) return false
  return given.operator === '∖' ? sameOrdered(a, b, terms) : sameUnordered(a, b, terms)
}

const wordsOf = (expression: Expression) => (expression.kind === 'text' ? plainWords(expression.text) : '')

function sameWithRelation(given: Expression, wanted: Expression, terms: Terms): boolean | null {
  if (given.kind === 'relation' && wanted.kind === 'relation') {
    return sameRelation(given, wanted, terms, (a, b) => equal(a, b, terms))
  }
  const bare = (expression: Expression) => (expression.kind === 'relation' ? meaning(expression) : expression)
  const [a, b] = [bare(given), bare(wanted)]
  return a === null || b === null ? false : equal(a, b, terms)
}

/** x = 5 means 5, and x in S means S. */
function meaning(relation: Extract<Expression, { kind: 'relation' }>): Expression | null {
  if (relation.comparisons.length === 1 && relation.comparisons[0] === '∈') return relation.sides[1] ?? null
  return assigned(relation)
}

function sameMatrix(given: Expression, wanted: Expression, terms: Terms): boolean | null {
  const [a, b] = [rowsOf(given), rowsOf(wanted)]
  if (a === null || b === null || a.length !== b.length) return false
  return every(a, (row, at) => {
    const other = b[at]
    return other === undefined ? false : sameOrdered(row, other, terms)
  })
}

/** A matrix's rows; a tuple is a column, and a list of lists is a matrix by rows. A row is compared as a column. */
function rowsOf(expression: Expression): Matrix['rows'] | null {
  if (expression.kind === 'matrix') {
    const [only] = expression.rows
    return expression.rows.length === 1 && only ? only.map((entry) => [entry]) : expression.rows
  }
  if (expression.kind !== 'list' || expression.open === '{') return null
  const nested = expression.items.flatMap((item) => (item.kind === 'list' ? [item.items] : []))
  return nested.length === expression.items.length ? nested : expression.items.map((item) => [item])
}

function sameList(given: Expression, wanted: Expression, terms: Terms): boolean | null {
  const [a, b] = [asList(given), asList(wanted)]
  if (!a || !b) return false
  if (a.items.length === 0 || b.items.length === 0) return a.items.length === b.items.length
  if (a.open !== '' && b.open !== '' && !sameBrackets(a, b)) return false
  const ordered = [a, b].some(({ open }) => open === '(' || open === '[')
  return ordered ? sameOrdered(a.items, b.items, terms) : sameUnordered(a.items, b.items, terms)
}

/** A single value is the same as the set of it. */
const asList = (expression: Expression): ListExpression =>
  expression.kind === 'list' ? expression : bareList([expression])

/** Only two items make an interval, whose brackets tell whether its ends are in; [1, 2, 3] is (1, 2, 3). */
function sameBrackets(a: ListExpression, b: ListExpression): boolean {
  if (a.open === b.open && a.close === b.close) return true
  return a.items.length !== 2 && a.open !== '{' && b.open !== '{'
}

function sameOrdered(a: Expression[], b: Expression[], terms: Terms): boolean | null {
  if (a.length !== b.length) return false
  return every(a, (item, at) => {
    const other = b[at]
    return other === undefined ? false : equal(item, other, terms)
  })
}

function sameUnordered(a: Expression[], b: Expression[], terms: Terms): boolean | null {
  if (Math.max(a.length, b.length) > MAX_UNORDERED) return sameOrdered(a, b, terms)
  const found = every(a, (item) => some(b, (other) => equal(item, other, terms)))
  return found === false ? false : every(b, (other) => some(a, (item) => equal(item, other, terms))) && found
}

/** True where all are, false where one is, else null. */
function every<T>(items: T[], holds: (item: T, at: number) => boolean | null): boolean | null {
  let unsure = false
  for (const [at, item] of items.entries()) {
    const answer = holds(item, at)
    if (answer === false) return false
    unsure ||= answer === null
  }
  return unsure ? null : true
}

function some<T>(items: T[], holds: (item: T) => boolean | null): boolean | null {
  let unsure = false
  for (const item of items) {
    const answer = holds(item)
    if (answer === true) return true
    unsure ||= answer === null
  }
  return unsure ? null : false
}
