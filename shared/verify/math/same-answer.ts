import { equal } from './equal.ts'
import { readings } from './readings.ts'
import type { Tolerance } from './scalar.ts'
import { trim } from './trim.ts'
import { plainWords, withoutFaces } from './words.ts'
import { OutOfWork, Work } from './work.ts'

/** `same: null` where it can't be told, and then why. */
export type Comparison = { same: boolean | null; reason?: string }

/** Work for one comparison, about a second at the worst. */
const FULL_WORK = 300_000

/**
 * Whether two written answers mean the same. `share` is the part of the full allowance of work that this
 * comparison may use, above 0 and at most 1. Never throws.
 */
export function sameAnswer(given: string, wanted: string, tolerance: Tolerance, share = 1): Comparison {
  if (isSameText(given, wanted)) return { same: true }
  const work = new Work(FULL_WORK * share)
  try {
    const references = readings(wanted, work)
    const answers = readings(given, work)
    if (references.length === 0) return unreadable(wanted)
    let unsure = false
    for (const reference of references) {
      for (const answer of answers) {
        const same = equal(answer, reference, { tolerance, work })
        if (same === true) return { same }
        unsure ||= same === null
      }
    }
    return unsure ? { same: null, reason: 'The two can neither be told equal nor unequal.' } : { same: false }
  } catch (error) {
    if (error instanceof OutOfWork)
      return { same: null, reason: 'The answer takes too much work to compare.' }
    throw error
  }
}

/** A reference in words is compared as words, which has been done; one in mathematics that can't be read can't. */
function unreadable(wanted: string): Comparison {
  if (!/[\\=^]/.test(wanted)) return { same: false }
  return { same: null, reason: 'The reference is no mathematics that can be read.' }
}

/** Words, with numbers among them perhaps, but no number below 0. */
const WORDS = /^(?=.*\p{L}{2})(?!.*-\s?\d)[\p{L}\p{M}\p{N}\s,.:'’-]+$/u

/** Whether two answers are written alike, spaces apart; words also apart from case, articles and punctuation. */
export function isSameText(given: string, wanted: string): boolean {
  const [a, b] = [trim(given), trim(wanted)]
  if (a !== '' && closedUp(a) === closedUp(b)) return true
  const isWords = [a, b].every((text) => WORDS.test(withoutFaces(text)))
  return isWords && plainWords(withoutFaces(a)) === plainWords(withoutFaces(b))
}

/** Without spaces, but for those between digits: 1 2 is not 12. */
const closedUp = (text: string) => text.replace(/\s+/g, ' ').replace(/(?<!\d) | (?!\d)/g, '')
