import type { Cursor } from './cursor.ts'
import type { Expression } from './expression.ts'
import { readStatements } from './parse.ts'
import { readPrimary } from './parse-primary.ts'

/** The argument of a TeX command: a group, or a single digit or sign (\frac34 is three quarters). */
export function readArgument(cursor: Cursor): Expression {
  if (cursor.accept('{')) {
    const value = cursor.inside(() => readStatements(cursor), false)
    cursor.expect('}')
    return value
  }
  const token = cursor.peek()
  if (token?.kind !== 'number' || token.text.length === 1) return cursor.inside(() => readPrimary(cursor))
  const [digit = '', rest = ''] = [token.text.slice(0, 1), token.text.slice(1)]
  if (!/^\d+$/.test(token.text)) return cursor.inside(() => readPrimary(cursor))
  cursor.replace({ ...token, text: rest, value: { top: BigInt(rest), bottom: 1n } })
  return { kind: 'number', value: { top: BigInt(digit), bottom: 1n }, places: null }
}

/** Whether a fraction of two whole numbers, \frac{4}{5} or \frac45, begins at that token. */
export function isFraction(cursor: Cursor, ahead: number): boolean {
  const token = cursor.peek(ahead)
  if (token?.kind !== 'command' || token.name !== 'frac') return false
  const top = wholeArgument(cursor, ahead + 1)
  if (top === null) return false
  return top.digitsLeft || wholeArgument(cursor, top.next) !== null
}

function wholeArgument(cursor: Cursor, ahead: number) {
  const isGroup = cursor.sign(ahead) === '{'
  const token = cursor.peek(ahead + (isGroup ? 1 : 0))
  if (token?.kind !== 'number' || token.places !== null) return null
  if (!isGroup) return { next: ahead + 1, digitsLeft: token.text.length > 1 }
  return cursor.sign(ahead + 2) === '}' ? { next: ahead + 3, digitsLeft: false } : null
}
