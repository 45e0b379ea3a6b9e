const OPENING = '<think>'
const CLOSING = '</think>'

/**
 * A reply without the thoughts before it, as servers leave them there that do not part them from the answer. Thoughts
 * without an end leave nothing: what they draft is no answer.
 */
export function withoutThoughts(text: string): string {
  if (!text.trimStart().startsWith(OPENING)) return text
  const end = text.indexOf(CLOSING)
  return end < 0 ? '' : text.slice(end + CLOSING.length)
}
