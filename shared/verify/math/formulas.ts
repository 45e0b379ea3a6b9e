import { FUNCTIONS, GREEK } from './symbols.ts'
import { isUnitWord } from './units.ts'
import { MULTIPLES } from './words.ts'

/** A formula in running text, and where it stands with its delimiters. */
export type Formula = { content: string; start: number; end: number }

const CLOSERS: Record<string, string> = { '\\[': '\\]', '\\(': '\\)', $$: '$$', $: '$' }
const OPENER = /\\\[|\\\(|(?<!\\)\$\$?/g
const MAX_FORMULA = 5000

/** Every formula between `$`, `$$`, `\(`, `\[` and their counterparts. Dollar signs before amounts open none. */
export function findFormulas(text: string): Formula[] {
  const formulas: Formula[] = []
  const unclosed = new Set<string>()
  OPENER.lastIndex = 0
  for (let match = OPENER.exec(text); match !== null; match = OPENER.exec(text)) {
    const [opener] = match
    const closer = CLOSERS[opener] ?? opener
    const inner = match.index + opener.length
    const close = unclosed.has(opener) ? -1 : closingAt(text, closer, inner)
    if (close < 0) unclosed.add(opener)
    if (close < 0 || close - inner > MAX_FORMULA) continue
    const content = text.slice(inner, close)
    const end = close + closer.length
    if (content.trim() === '' || (opener === '$' && isAmount(content, text[end] ?? ''))) continue
    formulas.push({ content, start: match.index, end })
    OPENER.lastIndex = end
  }
  return formulas
}

function closingAt(text: string, closer: string, from: number): number {
  let at = text.indexOf(closer, from)
  while (closer === '$' && at > 0 && text[at - 1] === '\\') at = text.indexOf(closer, at + 1)
  return at
}

/** Whether a dollar sign stood for money: prose follows it, or the next dollar sign has a digit behind. */
function isAmount(content: string, behind: string): boolean {
  return /\d/.test(behind) || /\n\s*\n/.test(content) || hasProse(content)
}

/** Whether there are words of prose in it, commands and text set by \text{} apart. */
export function hasProse(formula: string): boolean {
  const plain = formula.replace(
    /\\[a-zA-Z]*(?:text|mbox|rm|bf|it|begin|end|operatorname)[a-zA-Z]*\s*\{[^{}]*\}|\\[a-zA-Z]+/g,
    ' ',
  )
  return (plain.match(/[A-Za-z]{2,}/g) ?? []).some((word) => !isMathematical(word))
}

/** Words that stand in formulas, and short words of prose: other runs of up to three letters are products. */
const MATHEMATICAL = new Set(['and', 'or', 'in', 'infinity', 'base', ...MULTIPLES.keys()])
const PROSE = new Set(
  (
    'is the to of we he it so are for was has can not yes no be by if as at on an my me us do go up all per one two ' +
    'ten six his her its but get let she you had how who why sum out new now too our any may way off use thus red'
  ).split(' '),
)

function isMathematical(word: string): boolean {
  const lower = word.toLowerCase()
  if (FUNCTIONS.has(word) || GREEK.has(word) || isUnitWord(word) || MATHEMATICAL.has(lower)) return true
  return word.length <= 3 && !PROSE.has(lower)
}
