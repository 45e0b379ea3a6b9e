import boundaries from './data/sentence-boundaries.json' with { type: 'json' }
import { firstCharacter, isBlank, isLower, isUpper, SPACE, stripEnd, WORD } from './python-text.ts'
import { remembered } from './remembered.ts'

/**
 * Sentences as Punkt finds them in English (Kiss and Strunk 2006, "Unsupervised Multilingual Sentence Boundary
 * Detection"), which is what IFEval and IFBench count with. What Punkt learnt is in data/sentence-boundaries.json:
 * abbreviations, collocations, frequent starters, and, of the common words alone, which were seen in lower case.
 */
export const splitSentences = remembered((text) =>
  realign(text, slices(text)).map(({ start, end }) => text.slice(start, end)),
)

type Span = { start: number; end: number }

const NON_WORD = '[)";}\\]*:@\'({\\[‘’“”«»?!]'
const MULTIPLE = `(?:-{2,}|\\.{2,}|(?:\\.[${SPACE}]){2,}\\.)`
const TOKEN = new RegExp(
  `${MULTIPLE}|(?![("\`{\\[:;&#*@)}\\]\\-,])[^${SPACE}]+?(?=[${SPACE}]|$|${NON_WORD}|${MULTIPLE}` +
    `|,(?=$|[${SPACE}]|${NON_WORD}|${MULTIPLE}))|[^${SPACE}]`,
  'gu',
)
const CANDIDATE = new RegExp(`[.?!](?=(?<after>${NON_WORD}|[${SPACE}]+(?<next>[^${SPACE}]+)))`, 'gu')
const CLOSING = new RegExp(`^["')\\]}‘’“”«»]+?(?:[${SPACE}]+|(?=--)|$)`, 'u')
const BLANK = /[ \t-\r]/

const setOf = (words: string) => new Set(words.split(' '))
const ABBREVIATIONS = setOf(boundaries.abbreviations)
const COLLOCATIONS = new Set(boundaries.collocations)
const STARTERS = setOf(boundaries.starters)
const LOWERCASE_ONLY = setOf(boundaries.lowercase_only)
const LOWERCASE_TOO = setOf(boundaries.lowercase_too)

/** A possible end: where it is, where the next sentence would start, and the words on both sides of it. */
type Candidate = { end: number; next: number; words: string }

function slices(text: string): Span[] {
  const spans: Span[] = []
  let start = 0
  for (const { end, next, words } of candidates(text)) {
    if (!breaks(words)) continue
    spans.push({ start, end })
    start = next
  }
  return [...spans, { start, end: stripEnd(text).length }]
}

/** Marks that share a word are one candidate, the last of them. */
function candidates(text: string): Candidate[] {
  const found: Candidate[] = []
  let word: Span = { start: 0, end: 0 }
  let pending: Candidate | null = null
  for (const match of text.matchAll(CANDIDATE)) {
    const { after = '', next = '' } = match.groups ?? {}
    const blank = lastBlank(text, match.index, word.end)
    const start = blank > word.end ? blank + 1 : word.start
    if (pending && word.end <= start) found.push(pending)
    word = { start, end: match.index }
    const end = match.index + 1
    pending = {
      end,
      next: next === '' ? end : end + after.length - next.length,
      words: text.slice(start, end) + after,
    }
  }
  return pending ? [...found, pending] : found
}

/** Where the last white space before `end` is, not looking before `from`; below `from` where there is none. */
function lastBlank(text: string, end: number, from: number): number {
  let at = end - 1
  while (at >= from && !BLANK.test(text.charAt(at))) at--
  return at
}

type Token = { text: string; type: string; ends: boolean; abbreviation: boolean }

/** Whether a sentence ends within the words, before the last of them. */
function breaks(words: string): boolean {
  const tokens = words
    .split('\n')
    .filter((line) => !isBlank(line))
    .flatMap((line) => line.match(TOKEN) ?? [])
    .map(read)
  return tokens.some((token, index) => {
    const next = tokens[index + 1]
    return next !== undefined && endsBefore(token, next)
  })
}

const NUMERIC = /^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u

function read(text: string): Token {
  const lower = text.toLowerCase()
  const stem = text.endsWith('.') && !text.endsWith('..') && text !== '.' ? lower.slice(0, -1) : null
  const abbreviation =
    stem !== null && (ABBREVIATIONS.has(stem) || ABBREVIATIONS.has(stem.slice(stem.lastIndexOf('-') + 1)))
  const ends = text === '.' || text === '?' || text === '!' || (stem !== null && !abbreviation)
  return { text, type: NUMERIC.test(lower) ? NUMBER : lower, ends, abbreviation }
}

const NUMBER = '##number##'
const INITIAL = new RegExp(`^(?!\\p{Nd})[${WORD}]\\.$`, 'u')

/** The second pass: the word after a period decides about abbreviations, ellipses, initials and ordinals. */
function endsBefore(token: Token, next: Token): boolean {
  if (!token.text.endsWith('.')) return token.ends
  const type = withoutPeriod(token.type)
  const nextType = next.ends ? withoutPeriod(next.type) : next.type
  if (COLLOCATIONS.has(`${type} ${nextType}`)) return false
  const initial = INITIAL.test(token.text)
  const starts = startsSentence(next, nextType)
  const capital = isUpper(firstCharacter(next.text))
  let ends = token.ends
  if ((token.abbreviation || /^\.\.+$/.test(token.text)) && !initial) {
    ends ||= starts === true || (capital && STARTERS.has(nextType))
  }
  if (!initial && type !== NUMBER) return ends
  if (starts === false) return false
  const nameLike = capital && !LOWERCASE_ONLY.has(nextType) && !LOWERCASE_TOO.has(nextType)
  return starts === null && initial && nameLike ? false : ends
}

const withoutPeriod = (type: string) => (type.length > 1 && type.endsWith('.') ? type.slice(0, -1) : type)

/** The orthographic heuristic: true or false when the letters of the next word tell, null when they don't. */
function startsSentence(next: Token, type: string): boolean | null {
  if (/^[;:,.!?]$/.test(next.text)) return false
  const first = firstCharacter(next.text)
  if (isUpper(first) && LOWERCASE_ONLY.has(type)) return true
  return isLower(first) ? false : null
}

/** Quotes and brackets that close a sentence belong to it, not to the next. */
function realign(text: string, spans: Span[]): Span[] {
  const realigned: Span[] = []
  let moved = 0
  for (const [index, span] of spans.entries()) {
    const start = span.start + moved
    const next = spans[index + 1]
    const closing = next ? CLOSING.exec(text.slice(next.start, next.end))?.[0] : undefined
    moved = closing?.length ?? 0
    const end = next && closing !== undefined ? next.start + stripEnd(closing).length : span.end
    if (closing !== undefined || end > start) realigned.push({ start, end })
  }
  return realigned
}
