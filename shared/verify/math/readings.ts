import { call, type Expression, finiteSet, named, some, withChildren } from './expression.ts'
import { carryOut } from './matrices.ts'
import { parse } from './parse.ts'
import { expandSigns } from './signs.ts'
import { trim } from './trim.ts'
import { plainWords, withoutFaces } from './words.ts'
import type { Work } from './work.ts'
import type { CommaMeans } from './written-number.ts'

/** Words that stand for a set of numbers. */
const MEANINGS: [RegExp, Expression][] = [
  [/^(?:all )?(?:real numbers|reals)$/, named('ℝ')],
  [/^no (?:real )?solutions?$|^empty set$/, finiteSet([])],
]

/**
 * What an answer may be read as: one tree for each meaning that its commas and its bare logarithms may have.
 * Empty where it is no mathematics that can be read. Throws `OutOfWork`.
 */
export function readings(answer: string, work: Work): Expression[] {
  const trimmed = trim(answer)
  const words = plainWords(withoutFaces(trimmed))
  const meaning = MEANINGS.find(([said]) => said.test(words))?.[1]
  if (meaning !== undefined) return [meaning]
  return commasOf(trimmed).flatMap((comma) => {
    const tree = parse(trimmed, comma)
    if (tree === null) return []
    const read = carryOut(expandSigns(tree), work)
    return some(read, isBareLogarithm) ? [read, decimalLogarithms(read)] : [read]
  })
}

function commasOf(text: string): CommaMeans[] {
  const meanings: CommaMeans[] = ['thousands']
  if (/\d,\d{3}(?!\d)/.test(text)) meanings.push('separator')
  if (/\d,\d/.test(text) && (!/[()[\]{}]/.test(text) || text.includes(';'))) {
    const isThousands = /(?<![\d,.])[1-9]\d{0,2}(?:,\d{3})+(?![\d,])/.test(text)
    if (!isThousands || /\d\.\d{3},\d/.test(text)) meanings.push('decimal')
  }
  return meanings
}

const isBareLogarithm = (part: Expression) =>
  part.kind === 'call' && part.name === 'log' && part.arguments.length === 1

/** Without a base, log is the natural logarithm for some and the decimal one for others. */
function decimalLogarithms(expression: Expression): Expression {
  const changed = withChildren(expression, decimalLogarithms)
  return isBareLogarithm(changed) && changed.kind === 'call' ? call('lg', ...changed.arguments) : changed
}
