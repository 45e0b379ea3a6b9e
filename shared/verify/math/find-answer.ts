import { type Box, isJoint, lastBox } from './boxes.ts'
import { type Formula, findFormulas, hasProse } from './formulas.ts'
import { parse } from './parse.ts'
import { trim } from './trim.ts'
import { findUnit, isUnitWord } from './units.ts'
import { MULTIPLES } from './words.ts'

/** How much of the end of a response is searched where it has no box. */
const TAIL = 20_000

/** Longest line that is taken for an answer in words, and longest plain text that is taken whole. */
const MAX_LINE = 300

const THOUGHT = '</think>'
const FINAL = /final\s+answer(?:\s+is\b|\s*\**\s*[:\n])[\s:*]*|####\s*/gi
const ANSWER = /\banswers?\s*(?:(?:is|are)\b|:|=)[\s:*]*/gi

/** Where a response says what its answer is: what is in the box, or all that follows 'the answer is'. */
export type Announcement = { box: Box } | { rest: string }

/** The part of a response that holds its answer: all, or what follows the thoughts of a reasoning model. */
export function spoken(response: string): string {
  const thought = response.lastIndexOf(THOUGHT)
  const after = thought < 0 ? '' : response.slice(thought + THOUGHT.length)
  return after.trim() === '' ? response : after
}

/** The last announcement of an answer: a box, or a later 'the final answer is'; without a box 'the answer is' too. */
export function findAnnouncement(text: string): Announcement | null {
  const tail = text.slice(-TAIL)
  const box = lastBox(text)
  const final = lastOf(FINAL, tail)
  const isLater = final !== null && (box === null || box.start < text.length - tail.length + final)
  if (isLater && tail.slice(final).trim() !== '') return { rest: tail.slice(final) }
  if (box !== null) return { box }
  const answer = lastOf(ANSWER, tail)
  return answer === null || tail.slice(answer).trim() === '' ? null : { rest: tail.slice(answer) }
}

/**
 * The final answer of a response, as it is written there; null where it has none. What it announces as its answer;
 * else all of a response that is a formula by itself; else the last formula or number; else the last line.
 */
export function findAnswer(response: string): string | null {
  const text = spoken(response)
  const announced = findAnnouncement(text)
  if (announced === null) return pick(text.slice(-TAIL))
  return 'box' in announced
    ? withUnit(announced.box.content, text, announced.box.end)
    : inSentence(announced.rest)
}

/** Where the last match ends. */
function lastOf(pattern: RegExp, text: string): number | null {
  const last = Array.from(text.matchAll(pattern)).at(-1)
  return last === undefined ? null : last.index + last[0].length
}

/** The answer in what follows 'the answer is', up to the end of the sentence; null where nothing follows. */
function inSentence(rest: string): string | null {
  const formulas = findFormulas(rest)
  const ends = Array.from(rest.matchAll(/[.!?](?=\s|$|["'*\\<])|\n/g), ({ index }) => index)
  const end = ends.find(
    (at) => rest.slice(0, at).trim() !== '' && !formulas.some((f) => f.start < at && at < f.end),
  )
  const sentence = rest.slice(0, end ?? rest.length)
  const [first] = formulas
  if (first && first.end <= sentence.length && /^[\s"'*\\]*$/.test(rest.slice(0, first.start))) {
    return joined(sentence, formulas, 0)
  }
  return sentence.trim() === '' ? null : pick(sentence)
}

/** The answer in a text that says nowhere which it is. */
function pick(text: string): string | null {
  const plain = trim(text)
  if (plain === '') return null
  const formulas = findFormulas(text)
  if (formulas.length === 0 && isWhole(plain)) return plain
  const telling = formulas.filter(({ content }) => !/^\s*\\?[A-Za-z]\s*$/.test(content))
  const kept = telling.length > 0 ? telling : formulas
  const formula = kept.at(-1)
  const number = lastNumber(text, formulas)
  if (formula && (number === null || number.at < formula.start)) {
    let first = kept.length - 1
    while (first > 0 && isJoint(text.slice(kept[first - 1]?.end, kept[first]?.start))) first--
    return joined(text, kept, first)
  }
  if (number !== null) return number.text
  const line = plain.split('\n').at(-1)?.trim() ?? ''
  return line.length <= MAX_LINE && line !== '' ? line : null
}

/** The formula of that index and all that make one answer with it: `$12$ and $13$`. */
function joined(text: string, formulas: Formula[], first: number): string {
  const parts: Formula[] = []
  for (const formula of formulas.slice(first)) {
    const before = parts.at(-1)
    if (before !== undefined && !isJoint(text.slice(before.end, formula.start))) break
    parts.push(formula)
  }
  const answer = parts.map(({ content }) => content).join(', ')
  return withUnit(answer, text, parts.at(-1)?.end ?? 0)
}

/** Whether the text is mathematics from end to end: a command of LaTeX shows that even where it can't be read. */
function isWhole(text: string): boolean {
  if (text.length > MAX_LINE || text.includes('\n') || hasProse(text)) return false
  const tree = parse(text)
  return tree === null ? /\\[A-Za-z]{2}/.test(text) : tree.kind !== 'text'
}

const UNIT_BEHIND = /^(?:\s|\$|\\\)|\\])*(\\?%|°|[A-Za-z]+)/

/** The answer with the unit that stands behind its box or formula. */
function withUnit(answer: string, text: string, end: number): string {
  const [, unit] = UNIT_BEHIND.exec(text.slice(end, end + 40)) ?? []
  const name = unit?.replace('\\', '')
  if (name === undefined || findUnit(name) === null || /^(?:[a-z]|in)$/i.test(name)) return answer
  return `${answer} \\text{${name}}`
}

const NUMBER =
  /(?<![A-Za-z\d_.])(?:(?<![\w)\]}]\s?)[-+\u2212])?(?:[$€£¥]\s?-?)?(?:\d+(?:[.,]\d+)*|\.\d+)(?:[eE][-+]?\d+)?(?:\s?[/:]\s?\d+)?(?:\s?(\\?%|°|[€£¥])|\s?([A-Za-z]+)[²³]?)?/g

/** The last number in the prose, with its unit where that is known. */
function lastNumber(text: string, formulas: Formula[]): { text: string; at: number } | null {
  let last: { text: string; at: number } | null = null
  let at = 0
  for (const { 0: found, 1: sign, 2: word, index } of text.matchAll(NUMBER)) {
    while (index >= (formulas[at]?.end ?? text.length)) at++
    if (index >= (formulas[at]?.start ?? text.length)) continue
    const isAttached = word !== undefined && /\d$/.test(found.slice(0, -word.length).replace(/[²³]$/, ''))
    if (isAttached && findUnit(word) === null) continue
    const bare = word === undefined ? found : found.slice(0, found.lastIndexOf(word))
    const unit =
      word !== undefined && word !== 'in' && (isUnitWord(word) || MULTIPLES.has(word))
        ? ` \\text{${word}}`
        : ''
    last = { text: sign === undefined ? `${bare.trim()}${unit}` : found.trim(), at: index }
  }
  return last
}
