import { findAnnouncement, findAnswer, spoken } from './find-answer.ts'
import { sameAnswer } from './same-answer.ts'
import { trim } from './trim.ts'
import { withoutFaces } from './words.ts'

const EXACT = { absolute: { top: 0n, bottom: 1n }, relative: { top: 0n, bottom: 1n } }
const FIRST = 'A'.charCodeAt(0)
const ALPHABET = 26

/** How much of the end of a response is searched for 'option B' and '(B)'. */
const TAIL = 2000

/**
 * The letters, in upper case, of the choices that a response settles on: one, or several where it names several
 * ('A and B'), or none. `choices` holds what the choices say, from A on: without letters an answer in their words
 * is looked for.
 */
export function findLetters(response: string, choices: string[] | null, share: number): string[] {
  const text = spoken(response)
  const announced = findAnnouncement(text)
  const known = (letters: string[]) =>
    [...new Set(letters)].filter((letter) => letter.charCodeAt(0) - FIRST < (choices?.length ?? ALPHABET))
  const said = announced === null ? text : 'box' in announced ? announced.box.content : announced.rest
  const leading = known(leadingLetters(said))
  const isPlain = announced === null && !FIRM.test(said)
  const marked = isPlain ? known(markedLetter(text.slice(-TAIL))) : []
  if (marked.length > 0 || leading.length > 0) return marked.length > 0 ? marked : leading
  if (choices === null) return []
  const line = said.trim().split('\n').at(-1) ?? ''
  const inWords = announced === null ? byWords(line, choices, share / 2) : []
  return inWords.length > 0 ? inWords : byWords(findAnswer(response) ?? '', choices, share / 2)
}

/** A response that begins with its choice, and nothing but that: `B`, `(B) 25`, `B. 25`. */
const FIRM = /^[\s*]*(?:\([A-Za-z]\)|[A-Za-z]\s*(?:[).:]|\**\s*$))/

const LETTER =
  /^(?:(?:is|the|correct|option|choice|answer|letter|:)\s+)*[("'[{*$]*([A-Za-z])(?![A-Za-z0-9'’])[)\]}"'.:*$]*/i
const NEXT = /^\s*(?:[,/&]|and\b|or\b)\s*(?:option|choice)?\s*[(*]*([A-Z])(?![A-Za-z0-9])[)*]*/
/** What may follow an A or an I that is a letter and no word. */
const NO_NOUN = /^\s*(?:$|[-–—.,:;!)\]*(\n<]|because|since|as|is|and|or|for)/

/** The letters that the text begins with: `B`, `(B) 25`, `**B**.`, `option B`, `A and B`. */
function leadingLetters(text: string): string[] {
  const start = trim(withoutFaces(text.slice(0, 500))).slice(0, 200)
  const [found, letter] = LETTER.exec(start) ?? []
  if (found === undefined || letter === undefined) return []
  let rest = start.slice(found.length)
  const isBare = found.trim().length === 1 || /[\s]$/.test(found.slice(0, -1))
  const isLower = letter !== letter.toUpperCase()
  if (isLower && rest.trim() !== '' && !/[)\]:.]$/.test(found)) return []
  if (isBare && /[AI]/i.test(letter) && !NO_NOUN.test(rest)) return []
  const letters = [letter.toUpperCase()]
  for (let next = NEXT.exec(rest); next?.[1] !== undefined; next = NEXT.exec(rest)) {
    letters.push(next[1])
    rest = rest.slice(next[0].length)
  }
  return letters
}

const MARKED = [
  /\b(?:option|choice)\s*[(*]*([A-Z])(?![A-Za-z0-9'’])/gi,
  /\(([A-Z])\)/g,
  /\*\*\(?([A-Z])\)?[.:)]?\s?\*\*/g,
  /^\s*([A-Z])[.)]?\s*$/gm,
]

/** The last letter marked as one where no answer is announced: `option B`, `(B)`, `**B**`, a line of its own. */
function markedLetter(text: string): string[] {
  const marks = MARKED.flatMap((pattern) => Array.from(text.matchAll(pattern)))
  const last = marks.reduce<RegExpExecArray | null>(
    (best, mark) => (best && best.index > mark.index ? best : mark),
    null,
  )
  return last?.[1] === undefined ? [] : [last[1].toUpperCase()]
}

/** The choices whose words, or whose value, are the answer. */
function byWords(answer: string, choices: string[], share: number): string[] {
  const given = trim(answer)
  if (given === '' || given.length > 1000) return []
  return choices.flatMap((choice, index) =>
    sameAnswer(given, choice, EXACT, share / choices.length).same === true
      ? [String.fromCharCode(FIRST + index)]
      : [],
  )
}
