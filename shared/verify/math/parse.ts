import { Cursor } from './cursor.ts'
import {
  bareList,
  type Comparison,
  type Expression,
  negative,
  power,
  product,
  quotient,
  sum,
  whole,
} from './expression.ts'
import { isFraction, readArgument } from './parse-argument.ts'
import { readPostfixes } from './parse-postfix.ts'
import { readPrimary } from './parse-primary.ts'
import { type Token, tokenise } from './tokens.ts'
import { Unreadable } from './unreadable.ts'
import type { CommaMeans } from './written-number.ts'

/** The tree of an answer in LaTeX or plain mathematics; null where it can't be read as such. */
export function parse(answer: string, comma: CommaMeans = 'thousands'): Expression | null {
  try {
    const cursor = new Cursor(tokenise(answer, comma))
    const expression = readStatements(cursor)
    if (!cursor.done) throw new Unreadable()
    return expression
  } catch (error) {
    if (error instanceof Unreadable) return null
    throw error
  }
}

/** Statements with commas, semicolons, 'and' or 'or' between them: a bare list where there are several. */
export function readStatements(cursor: Cursor): Expression {
  const items = [readStatement(cursor)]
  let or = false
  for (;;) {
    const separated = cursor.accept(',') || cursor.accept(';')
    const joined = cursor.sign()
    if (cursor.accept('and') || cursor.accept('or')) or ||= joined === 'or'
    else if (!separated) break
    if (cursor.done) break
    items.push(readStatement(cursor))
  }
  const [first] = items
  return items.length === 1 && first !== undefined ? first : bareList(items, or)
}

const COMPARISONS = new Map<string, Comparison>(
  Object.entries({ '=': '=', '<': '<', '>': '>', '≤': '≤', '≥': '≥', '≠': '≠', '∈': '∈' } as const),
)

/** An expression, or several with =, <, ∈ and so on between. What follows ≈ is the same less exactly: left out. */
export function readStatement(cursor: Cursor): Expression {
  cursor.accept('≈')
  const first = readSetOperations(cursor)
  const sides = [first]
  const comparisons: Comparison[] = []
  for (;;) {
    if (cursor.accept('≈')) {
      const about = readSetOperations(cursor)
      if (sides.length > 1 || first.kind !== 'name') continue
      comparisons.push('=')
      sides.push(about)
      continue
    }
    const comparison = COMPARISONS.get(cursor.sign())
    if (comparison === undefined) break
    cursor.next()
    comparisons.push(comparison)
    sides.push(readSetOperations(cursor))
  }
  return comparisons.length === 0 ? first : { kind: 'relation', sides, comparisons }
}

function readSetOperations(cursor: Cursor): Expression {
  let left = readSum(cursor)
  for (;;) {
    const operator = cursor.sign()
    if (operator !== '∪' && operator !== '∩' && operator !== '∖') return left
    cursor.next()
    left = { kind: 'set-operation', operator, left, right: readSum(cursor) }
  }
}

function readSum(cursor: Cursor): Expression {
  const terms: Expression[] = []
  for (;;) {
    const sign = cursor.sign()
    if (sign === '+' || sign === '-' || sign === '±' || sign === '∓') cursor.next()
    else if (terms.length > 0) break
    const term = cursor.inside(() => readTerm(cursor))
    if (sign === '-') terms.push(negative(term))
    else if (sign === '±' || sign === '∓') {
      terms.push({ kind: 'plus-minus', sign: sign === '±' ? 1 : -1, value: term })
    } else terms.push(term)
  }
  const [first] = terms
  return terms.length === 1 && first !== undefined ? first : sum(...terms)
}

/** Factors with *, / or nothing between, read from the left. */
function readTerm(cursor: Cursor): Expression {
  const factors = [readFactor(cursor)]
  for (;;) {
    if (cursor.accept('*')) factors.push(readFactor(cursor))
    else if (cursor.accept('/') || (!cursor.barCloses && cursor.accept(':')))
      factors.push(power(readFactor(cursor), whole(-1)))
    else if (beginsFactor(cursor) || (isFactorial(factors.at(-1)) && cursor.peek()?.kind === 'number'))
      factors.push(readPower(cursor))
    else break
  }
  const [first] = factors
  return factors.length === 1 && first !== undefined ? first : product(...factors)
}

const isFactorial = (factor: Expression | undefined) => factor?.kind === 'call' && factor.name === 'factorial'

/** A signed power: 2 * -3. */
function readFactor(cursor: Cursor): Expression {
  if (cursor.accept('-')) return negative(cursor.inside(() => readFactor(cursor)))
  if (cursor.accept('+')) return cursor.inside(() => readFactor(cursor))
  if (cursor.accept('±')) {
    return { kind: 'plus-minus', sign: 1, value: cursor.inside(() => readFactor(cursor)) }
  }
  return readPower(cursor)
}

const OPENING = new Set(['(', '{', '⌊', '⌈', '∞'])

/** Whether what comes next is multiplied without a sign between. A number never is: `2 3` is no product. */
export function beginsFactor(cursor: Cursor): boolean {
  const token = cursor.peek()
  if (token === undefined || token.kind === 'number' || token.kind === 'word') return false
  if (token.kind === 'sign') {
    return OPENING.has(token.sign) || (token.sign === '|' && !cursor.barCloses)
  }
  return token.kind !== 'command' || ['frac', 'sqrt', 'binom', 'begin', 'boxed'].includes(token.name)
}

export function readPower(cursor: Cursor): Expression {
  const base = readPostfix(cursor)
  if (!cursor.accept('^')) return base
  if (cursor.accept('°') || isDegreeGroup(cursor))
    return readPostfixes(cursor, { kind: 'quantity', value: base, unit: '°' })
  if (cursor.peek()?.kind === 'name' && cursor.sign(1) !== '(' && isTransposed(base, cursor.peek())) {
    cursor.next()
    return { kind: 'call', name: 'transpose', arguments: [base] }
  }
  const exponent = cursor.inside(() => readExponent(cursor))
  return readPostfixes(cursor, power(base, exponent))
}

const isTransposed = (base: Expression, token: Token | undefined) =>
  base.kind === 'matrix' && token?.kind === 'name' && token.name === 'T'

function isDegreeGroup(cursor: Cursor): boolean {
  if (cursor.sign() !== '{' || cursor.sign(1) !== '°' || cursor.sign(2) !== '}') return false
  for (let count = 0; count < 3; count++) cursor.next()
  return true
}

/** `^23` is the power 23, as people write it, though TeX would raise only the 2. */
function readExponent(cursor: Cursor): Expression {
  if (cursor.accept('-')) return negative(readExponent(cursor))
  if (cursor.sign() === '{' || cursor.peek()?.kind !== 'number') return readPower(cursor)
  const base = readPrimary(cursor)
  return cursor.accept('^')
    ? power(
        base,
        cursor.inside(() => readExponent(cursor)),
      )
    : base
}

function readPostfix(cursor: Cursor): Expression {
  return readPostfixes(cursor, readMixed(cursor) ?? readPrimary(cursor))
}

/** A whole number with a fraction of numbers behind it is their sum: 1\frac{4}{5}, and 1 4/5 with a space. */
function readMixed(cursor: Cursor): Expression | null {
  const token = cursor.peek()
  if (token?.kind !== 'number' || token.places !== null) return null
  const isPlain = cursor.sign(2) === '/' && cursor.peek(3)?.kind === 'number'
  const second = cursor.peek(1)
  if (isPlain && second?.kind === 'number' && second.spaced) {
    const [, top, , bottom] = [cursor.next(), cursor.next(), cursor.next(), cursor.next()]
    return sum(numberOf(token), quotient(numberOf(top), numberOf(bottom)))
  }
  if (!isFraction(cursor, 1)) return null
  cursor.next()
  cursor.next()
  return sum(numberOf(token), quotient(readArgument(cursor), readArgument(cursor)))
}

function numberOf(token: Token): Expression {
  if (token.kind !== 'number') throw new Unreadable()
  return { kind: 'number', value: token.value, places: token.places }
}
