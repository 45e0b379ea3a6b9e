const SPACE = /\s/

/** Without what stands around an answer: space, emphasis, quotes, dollar signs, \( and \), the full stop. */
export function trim(answer: string): string {
  let [start, end] = [0, answer.length]
  for (;;) {
    while (start < end && SPACE.test(answer.charAt(start))) start++
    while (end > start && SPACE.test(answer.charAt(end - 1))) end--
    const [opening, closing] = [openingAt(answer, start), closingAt(answer, end)]
    if (start >= end || opening + closing === 0) return answer.slice(start, end)
    start += opening
    end = Math.max(start, end - closing)
  }
}

/** How many characters to leave out at the beginning. */
function openingAt(text: string, at: number): number {
  const [sign, next] = [text.charAt(at), text.charAt(at + 1)]
  if (sign === '`' || sign === '"' || sign === "'") return 1
  if (sign === '*' || sign === '$') return /\d/.test(next) ? 0 : 1
  return sign === '\\' && (next === '(' || next === '[') ? 2 : 0
}

/** How many characters to leave out at the end. */
function closingAt(text: string, end: number): number {
  const [before, sign] = [text.charAt(end - 2), text.charAt(end - 1)]
  if (before === '\\') return [')', ']', '\\'].includes(sign) ? 2 : 0
  if (sign === '*' || sign === '`' || sign === '"' || sign === '$') return 1
  return '.,;:'.includes(sign) && sign !== '' && before !== '.' ? 1 : 0
}
