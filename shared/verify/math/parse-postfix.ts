import type { Cursor } from './cursor.ts'
import { call, type Expression, product, whole } from './expression.ts'
import { readArgument } from './parse-argument.ts'
import { MULTIPLES } from './words.ts'

const UNIT_SIGNS = ['%', '$', '°']

/** What stands behind a value: factorials, percent and degree signs, 'million', and the words of its unit. */
export function readPostfixes(cursor: Cursor, value: Expression): Expression {
  for (;;) {
    const token = cursor.peek()
    const sign = cursor.sign()
    if (cursor.accept('!')) value = call('factorial', value)
    else if (UNIT_SIGNS.includes(sign)) {
      cursor.next()
      value = { kind: 'quantity', value, unit: sign }
    } else if (token?.kind !== 'word') return value
    else {
      const multiple = MULTIPLES.get(token.text.toLowerCase())
      if (multiple === undefined) value = { kind: 'quantity', value, unit: readUnit(cursor) }
      else {
        cursor.next()
        value = product(value, whole(multiple))
      }
    }
  }
}

/** The words of a unit with their power, as `cm^2`. */
function readUnit(cursor: Cursor): string {
  let unit = ''
  for (let token = cursor.peek(); token?.kind === 'word'; token = cursor.peek()) {
    unit += `${unit && ' '}${token.text}`
    cursor.next()
  }
  const [, power = '', rest = unit] = /^(sq|square|cubic)\.? (.*)$/i.exec(unit) ?? []
  if (power !== '') return `${rest}^${power.toLowerCase() === 'cubic' ? 3 : 2}`
  if (!cursor.accept('^')) return unit
  const exponent = readArgument(cursor)
  return exponent.kind === 'number' ? `${unit}^${exponent.value.top}` : unit
}
