import { call, type Expression, finiteSet, named, some, withChildren } from './expression.ts'
import { carryOut } from './matrices.ts'
import { parse } from './parse.ts'
import { expandSigns } from './signs.ts'
import type { Work } from './work.ts'
import type { CommaMeans } from './written-number.ts'

/** Words that stand for a set of numbers. */
const MEANINGS: [RegExp, Expression][] = [
  [/^(?:all )?(?:the )?real numbers$|^all reals$/, named('ℝ')],
  [/^no (?:real )?solutions?$|^(?:the )?empty set$/, finiteSet([])],
]

/**
 * What an answer may be read as: one tree for each meaning that its commas and its bare logarithms may have.
 * Empty where it is no mathematics that can be read. Throws `OutOfWork`.
 */
export function readings(answer: string, work: Work): Expression[] {
  const trimmed = trim(answer)
  return commasOf(trimmed).flatMap((comma) => {
    const tree = parse(trimmed, comma)
    if (tree === null) return []
    const read = carryOut(expandSigns(meant(tree)), work)
    return some(read, isBareLogarithm) ? [read, decimalLogarithms(read)] : [read]
  })
}

/** Without what stands around an answer: space, emphasis, dollar signs, the full stop. */
export function trim(answer: string): string {
  let text = answer.trim()
  for (;;) {
    const inner = text
      .replace(/^(?:\*\*|\*(?!\d)|`|"|'|\\[([](?=.*\\[)\]]$)|\$(?!\d))\s*/s, '')
      .replace(/\s*(?:\*+|`|"|(?<![\d)}\]])\$|(?<!\\)\$|[.,;:](?!\.)|\\\\|\\[)\]])$/, '')
    if (inner === text) return text
    text = inner
  }
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

function meant(expression: Expression): Expression {
  if (expression.kind !== 'text') return withChildren(expression, meant)
  const text = expression.text.toLowerCase()
  return MEANINGS.find(([words]) => words.test(text))?.[1] ?? expression
}

const isBareLogarithm = (part: Expression) =>
  part.kind === 'call' && part.name === 'log' && part.arguments.length === 1

/** Without a base, log is the natural logarithm for some and the decimal one for others. */
function decimalLogarithms(expression: Expression): Expression {
  const changed = withChildren(expression, decimalLogarithms)
  return isBareLogarithm(changed) && changed.kind === 'call' ? call('lg', ...changed.arguments) : changed
}
