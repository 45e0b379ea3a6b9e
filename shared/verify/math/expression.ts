import type { Rational } from '../numeral.ts'

/** What a list begins with, round, square and curly brackets or none, and what it ends with. */
export type Opening = '(' | '[' | '{' | ''
export type Closing = ')' | ']' | '}' | ''

export type Comparison = '=' | '<' | '>' | '≤' | '≥' | '≠' | '∈'

/** A mathematical answer as it is written: one tree for LaTeX and for plain text. */
export type Expression =
  /** `places` counts the digits behind the decimal point; null for a whole number or an exact fraction. */
  | { kind: 'number'; value: Rational; places: number | null }
  /** Digits with a base, 4210_5. */
  | { kind: 'based'; digits: string; base: number; value: Rational }
  /** A variable, or one of the constants pi, e and i. */
  | { kind: 'name'; name: string }
  | { kind: 'infinity' }
  | { kind: 'sum'; terms: Expression[] }
  | { kind: 'product'; factors: Expression[] }
  | { kind: 'power'; base: Expression; exponent: Expression }
  | { kind: 'call'; name: string; arguments: Expression[] }
  /** ± (`sign` 1) or ∓ (`sign` -1) in front of a value. */
  | { kind: 'plus-minus'; sign: 1 | -1; value: Expression }
  | { kind: 'quantity'; value: Expression; unit: string }
  | { kind: 'list'; open: Opening; close: Closing; items: Expression[]; or: boolean }
  | { kind: 'set-operation'; operator: '∪' | '∩' | '∖'; left: Expression; right: Expression }
  | { kind: 'matrix'; rows: Expression[][] }
  | { kind: 'relation'; sides: Expression[]; comparisons: Comparison[] }
  | { kind: 'text'; text: string }

export type ListExpression = Extract<Expression, { kind: 'list' }>
export type Relation = Extract<Expression, { kind: 'relation' }>
export type SetOperation = Extract<Expression, { kind: 'set-operation' }>
export type Matrix = Extract<Expression, { kind: 'matrix' }>

export const whole = (value: number | bigint): Expression => ({
  kind: 'number',
  value: { top: BigInt(value), bottom: 1n },
  places: null,
})
export const named = (name: string): Expression => ({ kind: 'name', name })
export const sum = (...terms: Expression[]): Expression => ({ kind: 'sum', terms })
export const product = (...factors: Expression[]): Expression => ({ kind: 'product', factors })
export const power = (base: Expression, exponent: Expression): Expression => ({
  kind: 'power',
  base,
  exponent,
})
export const quotient = (top: Expression, bottom: Expression) => product(top, power(bottom, whole(-1)))
export const negative = (value: Expression) => product(whole(-1), value)
export const call = (name: string, ...given: Expression[]): Expression => ({
  kind: 'call',
  name,
  arguments: given,
})
/** Items one after another, joined by 'or' or not. */
export const bareList = (items: Expression[], or = false): ListExpression => ({
  kind: 'list',
  open: '',
  close: '',
  items,
  or,
})
export const enclosedList = (items: Expression[], open: Opening, close: Closing): ListExpression => ({
  kind: 'list',
  open,
  close,
  items,
  or: false,
})
export const finiteSet = (items: Expression[]) => enclosedList(items, '{', '}')

/** The parts that an expression is directly made of. */
export function children(expression: Expression): Expression[] {
  switch (expression.kind) {
    case 'sum':
      return expression.terms
    case 'product':
      return expression.factors
    case 'power':
      return [expression.base, expression.exponent]
    case 'call':
      return expression.arguments
    case 'plus-minus':
    case 'quantity':
      return [expression.value]
    case 'list':
      return expression.items
    case 'set-operation':
      return [expression.left, expression.right]
    case 'matrix':
      return expression.rows.flat()
    case 'relation':
      return expression.sides
    default:
      return []
  }
}

/** The same tree with every part put through `change`. */
export function withChildren(expression: Expression, change: (part: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'sum':
      return { ...expression, terms: expression.terms.map(change) }
    case 'product':
      return { ...expression, factors: expression.factors.map(change) }
    case 'power':
      return { ...expression, base: change(expression.base), exponent: change(expression.exponent) }
    case 'call':
      return { ...expression, arguments: expression.arguments.map(change) }
    case 'plus-minus':
    case 'quantity':
      return { ...expression, value: change(expression.value) }
    case 'list':
      return { ...expression, items: expression.items.map(change) }
    case 'set-operation':
      return { ...expression, left: change(expression.left), right: change(expression.right) }
    case 'matrix':
      return { ...expression, rows: expression.rows.map((row) => row.map(change)) }
    case 'relation':
      return { ...expression, sides: expression.sides.map(change) }
    default:
      return expression
  }
}

const CONSTANTS = new Set(['pi', 'e', 'i'])

/** Whether the predicate holds for the expression or any part of it. */
export function some(expression: Expression, holds: (part: Expression) => boolean): boolean {
  return holds(expression) || children(expression).some((part) => some(part, holds))
}

/** The variables in it, and the texts and unknown functions that stand for something unsaid. */
export const isOpen = (expression: Expression): boolean =>
  some(expression, (part) => (part.kind === 'name' && !CONSTANTS.has(part.name)) || part.kind === 'text')

export const isImaginary = (expression: Expression): boolean =>
  some(expression, (part) => part.kind === 'name' && part.name === 'i')
