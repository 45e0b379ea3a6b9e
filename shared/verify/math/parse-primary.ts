import type { Rational } from '../numeral.ts'
import type { Cursor } from './cursor.ts'
import {
  bareList,
  type Closing,
  call,
  type Expression,
  enclosedList,
  finiteSet,
  named,
  type Opening,
  power,
  product,
  quotient,
  whole,
} from './expression.ts'
import { beginsFactor, readPower, readStatement, readStatements } from './parse.ts'
import { readArgument } from './parse-argument.ts'
import { readMatrix } from './parse-matrix.ts'
import { Unreadable } from './unreadable.ts'

/** The smallest things that stand by themselves: numbers, names, brackets, fractions, functions, matrices. */
export function readPrimary(cursor: Cursor): Expression {
  return cursor.inside(() => {
    const token = cursor.next()
    switch (token.kind) {
      case 'number':
        return cursor.accept('_')
          ? based(token.text, cursor)
          : { kind: 'number', value: token.value, places: token.places }
      case 'name':
        return readName(token.name, cursor)
      case 'word':
        return readText(token.text, cursor)
      case 'function':
        return readFunction(token.name, cursor)
      case 'command':
        return readCommand(token.name, cursor)
      case 'sign':
        return readBracket(token.sign, cursor)
    }
  })
}

function readName(name: string, cursor: Cursor): Expression {
  let full = name
  while (cursor.accept("'")) full += "'"
  if (cursor.accept('_')) full += `_${written(readArgument(cursor))}`
  if (!/^[fg]\b/.test(full) || cursor.sign() !== '(') return named(full)
  cursor.next()
  return call(full, readList(cursor, [')']))
}

function written(index: Expression): string {
  if (index.kind === 'number') return String(index.value.top)
  if (index.kind === 'name') return index.name
  return JSON.stringify(index, (_, value) => (typeof value === 'bigint' ? String(value) : value))
}

/** Words by themselves: an answer such as 'even', or the name of what is meant. */
function readText(first: string, cursor: Cursor): Expression {
  let text = first
  for (let token = cursor.peek(); token?.kind === 'word'; token = cursor.peek()) {
    text += ` ${token.text}`
    cursor.next()
  }
  return cursor.sign() === '$' || cursor.peek()?.kind === 'number'
    ? quantityBehind(text, cursor)
    : { kind: 'text', text }
}

/** A currency sign in front of its amount. */
function quantityBehind(unit: string, cursor: Cursor): Expression {
  if (!/^[€£¥$]$/.test(unit)) throw new Unreadable()
  return { kind: 'quantity', value: readPower(cursor), unit }
}

function based(digits: string, cursor: Cursor): Expression {
  const index = readArgument(cursor)
  if (index.kind !== 'number' || index.value.bottom !== 1n) throw new Unreadable()
  const base = Number(index.value.top)
  const value = valueInBase(digits, base)
  if (value === null) throw new Unreadable()
  return { kind: 'based', digits, base, value }
}

function valueInBase(digits: string, base: number): Rational | null {
  if (base < 2 || base > 36 || digits.length > 300) return null
  let value = 0n
  for (const digit of digits) {
    const worth = Number.parseInt(digit, 36)
    if (!(worth < base)) return null
    value = value * BigInt(base) + BigInt(worth)
  }
  return { top: value, bottom: 1n }
}

const CLOSING: Record<string, string[]> = {
  '(': [')', ']'],
  '[': [']', ')', '['],
  ']': ['[', ']'],
  '⦃': ['⦄'],
}
const BRACKETS: Record<string, [open: Opening, close: Closing]> = {
  '()': ['(', ')'],
  '(]': ['(', ']'],
  '[)': ['[', ')'],
  '[]': ['[', ']'],
  '[[': ['[', ')'],
  '][': ['(', ')'],
  ']]': ['(', ']'],
  '⦃⦄': ['{', '}'],
}

function readBracket(sign: string, cursor: Cursor): Expression {
  switch (sign) {
    case '{': {
      if (cursor.accept('}')) return product()
      const value = cursor.inside(() => readStatements(cursor), false)
      const chosen = acceptChoose(cursor) ? cursor.inside(() => readStatements(cursor), false) : null
      cursor.expect('}')
      return chosen === null ? value : call('binomial', value, chosen)
    }
    case '|': {
      const value = cursor.inside(() => readStatement(cursor), true)
      cursor.expect('|')
      return call('abs', value)
    }
    case '⌊':
    case '⌈': {
      const value = cursor.inside(() => readStatement(cursor), false)
      cursor.expect(sign === '⌊' ? '⌋' : '⌉')
      return call(sign === '⌊' ? 'floor' : 'ceil', value)
    }
    case '∞':
      return { kind: 'infinity' }
    case '∅':
      return finiteSet([])
    case '$':
      return quantityBehind('$', cursor)
    case '⦃':
      if (cursor.accept('⦄')) return finiteSet([])
  }
  const closing = CLOSING[sign]
  if (closing === undefined) throw new Unreadable()
  return readEnclosed(sign, closing, cursor)
}

/** {n \choose k} */
function acceptChoose(cursor: Cursor): boolean {
  const token = cursor.peek()
  if (token?.kind !== 'command' || token.name !== 'choose') return false
  cursor.next()
  return true
}

function readEnclosed(sign: string, closing: string[], cursor: Cursor): Expression {
  const items = readItems(cursor, sign === '⦃')
  if (sign === '⦃' && (cursor.accept('|') || cursor.accept(':'))) {
    const condition = cursor.inside(() => readStatements(cursor), false)
    cursor.expect('⦄')
    return condition
  }
  const close = cursor.sign()
  const brackets = BRACKETS[`${sign}${close}`]
  if (brackets === undefined || !closing.includes(close)) throw new Unreadable()
  cursor.next()
  const [first] = items
  const encloses =
    items.length === 1 && brackets[0] !== '{' && (brackets.join('') === '()' || brackets.join('') === '[]')
  if (!encloses || first === undefined) return enclosedList(items, ...brackets)
  if (first.kind === 'number' && first.places === null && sign === '(' && cursor.accept('_')) {
    return based(String(first.value.top), cursor)
  }
  return first
}

function readItems(cursor: Cursor, barCloses: boolean): Expression[] {
  const items: Expression[] = []
  do items.push(cursor.inside(() => readStatement(cursor), barCloses))
  while (cursor.accept(',') || cursor.accept(';') || cursor.accept('and'))
  return items
}

function readList(cursor: Cursor, closing: string[]): Expression {
  const [first, ...rest] = readItems(cursor, false)
  const close = closing.find((sign) => cursor.accept(sign))
  if (close === undefined || first === undefined) throw new Unreadable()
  return rest.length === 0 ? first : bareList([first, ...rest])
}

function readCommand(name: string, cursor: Cursor): Expression {
  switch (name) {
    case 'frac':
      return quotient(readArgument(cursor), readArgument(cursor))
    case 'binom':
      return call('binomial', readArgument(cursor), readArgument(cursor))
    case 'sqrt': {
      if (!cursor.accept('[')) return call('sqrt', readArgument(cursor))
      const degree = cursor.inside(() => readStatement(cursor), false)
      cursor.expect(']')
      return call('root', readArgument(cursor), degree)
    }
    case 'boxed':
    case 'fbox':
    case 'overline':
    case 'vec':
    case 'hat':
      return readArgument(cursor)
    case 'begin':
      return readMatrix(cursor)
    default:
      throw new Unreadable()
  }
}

/** A function with its power, base and argument: \sin^2 x, \log_2 8, \sin 2x, f(x, y). */
function readFunction(name: string, cursor: Cursor): Expression {
  const base = cursor.accept('_') ? readArgument(cursor) : null
  const exponent = cursor.accept('^') ? readSignedArgument(cursor) : null
  const given = readGiven(name, cursor)
  const isInverse =
    exponent?.kind === 'number' && exponent.value.top === -1n && /^(?:sin|cos|tan)$/.test(name)
  const applied = call(isInverse ? `arc${name}` : name, ...given, ...(base === null ? [] : [base]))
  return exponent === null || isInverse ? applied : power(applied, exponent)
}

function readSignedArgument(cursor: Cursor): Expression {
  const argument = cursor.accept('-') ? product(whole(-1), readArgument(cursor)) : readArgument(cursor)
  const isMinusOne =
    argument.kind === 'product' &&
    argument.factors.every(
      (factor) => factor.kind === 'number' && factor.value.top ** 2n === factor.value.bottom ** 2n,
    )
  return isMinusOne ? whole(-1) : argument
}

function readGiven(name: string, cursor: Cursor): Expression[] {
  if (cursor.accept('(')) {
    const items = readItems(cursor, false)
    cursor.expect(')')
    return items
  }
  if (name === 'sqrt' || name === 'cbrt' || cursor.sign() === '{') return [readArgumentOrPower(cursor)]
  const factors = [readPower(cursor)]
  while (cursor.peek()?.kind !== 'function' && beginsFactor(cursor)) factors.push(readPower(cursor))
  const [first] = factors
  return [factors.length === 1 && first !== undefined ? first : product(...factors)]
}

const readArgumentOrPower = (cursor: Cursor) =>
  cursor.sign() === '{' ? readArgument(cursor) : readPrimary(cursor)
