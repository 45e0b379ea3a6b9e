/** Words without case, a leading article, punctuation and repeated spaces. */
export function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^(?:an?|the) (?=.)/, '')
}

/** What is set as text in LaTeX, without the commands that set it. */
export const withoutFaces = (text: string) =>
  text.replace(/\\(?:text|textbf|textit|textrm|mbox|mathrm|mathbf|boxed|fbox)\s*\{([^{}]*)\}/g, '$1')

/** Words that multiply the number in front of them. */
export const MULTIPLES = new Map([
  ['hundred', 100n],
  ['thousand', 1000n],
  ['million', 1_000_000n],
  ['billion', 1_000_000_000n],
  ['trillion', 1_000_000_000_000n],
])
