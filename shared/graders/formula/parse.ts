import { GraderFault } from '../fault.ts'

/** A formula as it was read. */
export type Formula =
  | { kind: 'number'; value: number }
  | { kind: 'variable'; name: string }
  | { kind: 'negate'; of: Formula }
  | { kind: 'binary'; operator: Operator; left: Formula; right: Formula }
  | { kind: 'call'; function: FunctionName; arguments: Formula[] }

export type Operator = '+' | '-' | '*' | '/' | '^'

/** The functions of a formula and how many arguments each takes: one, or one and more. */
export const FUNCTIONS = {
  min: 'many',
  max: 'many',
  abs: 'one',
  floor: 'one',
  ceil: 'one',
  exp: 'one',
  sqrt: 'one',
  log: 'one',
} as const satisfies Record<string, 'one' | 'many'>
export type FunctionName = keyof typeof FUNCTIONS

const MAX_LENGTH = 4096
const MAX_DEPTH = 64

const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y
const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy
/** A word before a parenthesis: a function, even where a grader has its name. */
const CALL = /[\p{L}_][\p{L}\p{N}_]*(?=\s*\()/uy
const SIGN = /\*\*|[-+*/^(),]/y

/**
 * Reads a formula such as `0.5 * a + max(b, c) ^ 2` over variables of the given names, which may hold spaces and
 * dashes: where several fit, the longest is meant. `^` and `**` bind tightest and to the right, and tighter than a
 * sign before them. Throws `GraderFault` (`formula_parse_error`) for anything else, and for names that are not given.
 */
export function parseFormula(text: string, variables: readonly string[]): Formula {
  if (text.length > MAX_LENGTH) throw wrong(`it is longer than ${MAX_LENGTH} characters`)
  const names = variables.toSorted((a, b) => b.length - a.length)
  const tokens = readTokens(text, names)
  const cursor = { tokens, at: 0, depth: 0 }
  const formula = readSum(cursor)
  const left = tokens[cursor.at]
  if (left !== undefined) throw wrong(`${say(left)} stands where it should end`)
  return formula
}

type Token = { kind: 'number' | 'variable' | 'function' | 'sign'; text: string }
type Cursor = { tokens: Token[]; at: number; depth: number }

function readTokens(text: string, names: string[]): Token[] {
  const tokens: Token[] = []
  for (let at = 0; at < text.length; ) {
    const token = /\s/.test(text[at] ?? '') ? null : tokenAt(text, at, names)
    at += token?.text.length ?? 1
    if (token) tokens.push(token)
  }
  return tokens
}

function tokenAt(text: string, at: number, names: string[]): Token {
  const call = matchAt(CALL, text, at)
  if (call !== null && Object.hasOwn(FUNCTIONS, call)) return { kind: 'function', text: call }
  const name = names.find((one) => one !== '' && text.startsWith(one, at) && endsAt(text, at + one.length))
  if (name !== undefined) return { kind: 'variable', text: name }
  const number = matchAt(NUMBER, text, at)
  if (number !== null) return { kind: 'number', text: number }
  const word = matchAt(WORD, text, at)
  if (word !== null) throw wrong(`no grader is called '${word}' (there is ${names.join(', ')})`)
  const sign = matchAt(SIGN, text, at)
  if (sign !== null) return { kind: 'sign', text: sign }
  throw wrong(`'${String.fromCodePoint(text.codePointAt(at) ?? 0)}' means nothing in it`)
}

/** Whether no letter or digit goes on where a name ends in one. */
function endsAt(text: string, at: number): boolean {
  const [before, after] = [text.slice(Math.max(0, at - 2), at), text.slice(at, at + 2)]
  return !/[\p{L}\p{N}_]$/u.test(before) || !/^[\p{L}\p{N}_]/u.test(after)
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0] ?? null
}

function readSum(cursor: Cursor): Formula {
  let left = readProduct(cursor)
  for (;;) {
    const operator = take(cursor, '+', '-')
    if (operator === null) return left
    left = { kind: 'binary', operator, left, right: readProduct(cursor) }
  }
}

function readProduct(cursor: Cursor): Formula {
  let left = readSigned(cursor)
  for (;;) {
    const operator = take(cursor, '*', '/')
    if (operator === null) return left
    left = { kind: 'binary', operator, left, right: readSigned(cursor) }
  }
}

function readSigned(cursor: Cursor): Formula {
  if (take(cursor, '-') !== null) return { kind: 'negate', of: deeper(cursor, readSigned) }
  return take(cursor, '+') === null ? readPower(cursor) : deeper(cursor, readSigned)
}

function readPower(cursor: Cursor): Formula {
  const left = readPrimary(cursor)
  if (take(cursor, '^', '**') === null) return left
  return { kind: 'binary', operator: '^', left, right: deeper(cursor, readSigned) }
}

function readPrimary(cursor: Cursor): Formula {
  const token = cursor.tokens[cursor.at++]
  if (token?.kind === 'number') return { kind: 'number', value: Number(token.text) }
  if (token?.kind === 'variable') return { kind: 'variable', name: token.text }
  if (token?.kind === 'function') return readCall(cursor, token.text as FunctionName)
  if (token?.text !== '(') throw wrong(token ? `${say(token)} stands where a value should` : 'it breaks off')
  const inner = deeper(cursor, readSum)
  expect(cursor, ')')
  return inner
}

function readCall(cursor: Cursor, name: FunctionName): Formula {
  expect(cursor, '(')
  const given = [deeper(cursor, readSum)]
  while (take(cursor, ',') !== null) given.push(deeper(cursor, readSum))
  expect(cursor, ')')
  if (FUNCTIONS[name] === 'one' && given.length > 1) throw wrong(`${name} takes one value`)
  return { kind: 'call', function: name, arguments: given }
}

function deeper(cursor: Cursor, read: (cursor: Cursor) => Formula): Formula {
  if (++cursor.depth > MAX_DEPTH) throw wrong(`it is nested more than ${MAX_DEPTH} levels deep`)
  const formula = read(cursor)
  cursor.depth--
  return formula
}

function take<Sign extends string>(cursor: Cursor, ...signs: Sign[]): Sign | null {
  const token = cursor.tokens[cursor.at]
  const sign = token?.kind === 'sign' ? signs.find((one) => one === token.text) : undefined
  if (sign === undefined) return null
  cursor.at++
  return sign
}

function expect(cursor: Cursor, sign: string): void {
  const token = cursor.tokens[cursor.at]
  if (take(cursor, sign) === null) throw wrong(`'${sign}' is missing${token ? ` before ${say(token)}` : ''}`)
}

const say = ({ text }: Token) => `'${text}'`

function wrong(why: string): GraderFault {
  return new GraderFault({ formula_parse_error: true }, `'calculate_output' can't be read: ${why}.`)
}
