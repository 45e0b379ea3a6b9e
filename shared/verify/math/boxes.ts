/** What the last boxes of a text hold, and where the last ends. */
export type Box = { content: string; start: number; end: number }

const BOX = /^\\(?:boxed|fbox)\s{0,20}\{/
const NAME = 'box'

/** Boxes looked at, from the end: nobody answers in more. */
const MAX_BOXES = 20

/** The last closed `\boxed{}`; boxes side by side (\boxed{1} and \boxed{2}) are one list. Null without one. */
export function lastBox(text: string): Box | null {
  let last: Box | null = null
  let looked = 0
  for (let at = text.lastIndexOf(NAME); at > 0 && looked < MAX_BOXES; at = text.lastIndexOf(NAME, at - 1)) {
    const start = text[at - 1] === 'f' ? at - 2 : at - 1
    const [opening] = BOX.exec(text.slice(Math.max(0, start), start + 40)) ?? []
    if (opening === undefined) continue
    looked++
    const inner = start + opening.length
    const end = closingBrace(text, inner)
    if (end === null || (last !== null && end >= last.start)) continue
    const content = text.slice(inner, end)
    if (last === null) last = { content, start, end: end + 1 }
    else if (!isJoint(text.slice(end + 1, last.start))) break
    else last = { content: `${content}, ${last.content}`, start, end: last.end }
  }
  return last
}

/** Whether what lies between two formulas makes them one answer. */
export const isJoint = (between: string) =>
  between.length < 30 && /^[\s,;$]*(?:\\?text\{\s*)?(?:and|or|,)?\s*\}?[\s,;$]*$/.test(between)

/** Where the brace is that closes one opened before `from`; null where it is never closed. */
export function closingBrace(text: string, from: number): number | null {
  let depth = 1
  for (let index = from; index < text.length; index++) {
    const sign = text[index]
    if (sign === '\\') index++
    else if (sign === '{') depth++
    else if (sign === '}' && --depth === 0) return index
  }
  return null
}
