import { quote } from '../../quote.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import {
  PUNCTUATION,
  PUNCTUATION_AND_SPACE,
  splitOnSpace,
  strip,
  stripStart,
  toAscii,
  withoutPunctuation,
} from '../python-text.ts'
import { splitSentences } from '../sentences.ts'
import { CAPITALS } from '../word-lists.ts'

/** The `custom:*` of IFBench, each of which is made for one prompt. */
export const multiples = defineInstruction({
  kind: 'custom:multiples',
  summary: 'The numbers in it are 14, 21, 28, 35, 42, 49.',
  schema: instruction('custom:multiples', {}),
  check(response) {
    const found = (response.match(/\p{Nd}+/gu) ?? []).join(', ')
    const expected = '14, 21, 28, 35, 42, 49'
    return { passed: found === expected, expected, received: quote(found) }
  },
})

const AFRICA = 52

export const reverseNewline = defineInstruction({
  kind: 'custom:reverse_newline',
  summary: 'At least 52 lines from the one with Zimbabwe on, in reverse alphabetical order.',
  schema: instruction('custom:reverse_newline', {}),
  check(response) {
    const lines = response
      .split('\n')
      .map((line) => strip(line, PUNCTUATION_AND_SPACE))
      .filter((line) => line !== '')
    const start = lines.findIndex((line) => line.includes('Zimbabwe'))
    const countries = start < 0 ? [] : lines.slice(start).map(toAscii)
    const ordered = countries.every((line, index) => index === 0 || line <= (countries[index - 1] ?? ''))
    return {
      passed: countries.length >= AFRICA && ordered,
      expected: `${AFRICA} lines from Zimbabwe on, in reverse order`,
      received: `${countries.length} lines, ${ordered ? 'in' : 'not in'} reverse order`,
    }
  },
})

export const wordReverse = defineInstruction({
  kind: 'custom:word_reverse',
  summary: '"bald eagle" when the words are read backwards.',
  schema: instruction('custom:word_reverse', {}),
  check(response) {
    const text = splitOnSpace(withoutPunctuation(response.toLowerCase())).reverse().join(' ')
    return { passed: text.includes('bald eagle'), expected: '"bald eagle", backwards', received: quote(text) }
  },
})

export const characterReverse = defineInstruction({
  kind: 'custom:character_reverse',
  summary: '"elgae dlab" occurs.',
  schema: instruction('custom:character_reverse', {}),
  check(response) {
    const passed = response.toLowerCase().includes('elgae dlab')
    return { passed, expected: '"elgae dlab"', received: quote(response) }
  },
})

const ASCII_SPACE = ' \t\n\r\v\f'

export const sentenceAlphabet = defineInstruction({
  kind: 'custom:sentence_alphabet',
  summary: '26 sentences that begin with a, b, c and so on.',
  schema: instruction('custom:sentence_alphabet', {}),
  check(response) {
    const sentences = splitSentences(response)
    const letters = sentences
      .map((sentence) =>
        stripStart(sentence, PUNCTUATION + ASCII_SPACE)
          .charAt(0)
          .toLowerCase(),
      )
      .join('')
    return {
      passed: sentences.length === 26 && letters === 'abcdefghijklmnopqrstuvwxyz',
      expected: '26 sentences from a to z',
      received: `${sentences.length} sentences: ${quote(letters, 60)}`,
    }
  },
})

export const europeanCapitalsSort = defineInstruction({
  kind: 'custom:european_capitals_sort',
  summary: 'The capitals of Europe north of 45 degrees, from north to south, divided by commas.',
  schema: instruction('custom:european_capitals_sort', {}),
  check(response) {
    const found = toAscii(response)
      .split(',')
      .map((part) => strip(part))
      .filter((part) => part !== '')
      .join(', ')
    const expected = CAPITALS.join(', ')
    return { passed: found === expected, expected, received: quote(found, 400) }
  },
})

export const dateFormatList = defineInstruction({
  kind: 'custom:date_format_list',
  summary: 'Dates as YYYY-MM-DD, of 1769 to 1821, divided by commas, and nothing else.',
  schema: instruction('custom:date_format_list', {}),
  check(response) {
    const other = response.split(',').find((part) => !isDate(strip(part)))
    return {
      passed: other === undefined,
      expected: 'dates of 1769 to 1821',
      received: other === undefined ? 'dates alone' : quote(other, 160),
    }
  },
})

const DAYS = [31, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Month 0 and day 0 pass, as in the reference. */
function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)
  if (!match) return false
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number)
  return year >= 1769 && year <= 1821 && day <= (DAYS[month] ?? -1)
}
