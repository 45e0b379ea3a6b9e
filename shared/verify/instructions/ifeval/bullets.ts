import { SPACE } from '../python-text.ts'

const NOT_SPACE = new RegExp(`[^${SPACE}]`, 'g')

/**
 * How many list items begin with the mark: it is the first thing on a line, blank lines in front passed over. An
 * asterisk must be followed by something other than another; a line break will do, and then the next line belongs to
 * the item. Linear: what `^\s*\*[^\*].*$` of the reference finds, without going over white space again and again.
 */
export function countBullets(text: string, mark: '*' | '-'): number {
  let count = 0
  let from = 0
  while (from < text.length) {
    NOT_SPACE.lastIndex = from
    const at = NOT_SPACE.exec(text)?.index ?? text.length
    const isItem = text[at] === mark && (mark === '-' || (at + 1 < text.length && text[at + 1] !== '*'))
    if (isItem) count++
    const lineEnd = text.indexOf('\n', isItem && mark === '*' ? at + 2 : at)
    from = lineEnd < 0 ? text.length : lineEnd + 1
  }
  return count
}
