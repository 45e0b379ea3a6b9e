import * as z from 'zod'
import { quote } from '../../quote.ts'
import { phrase } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import {
  hasSpace,
  isBlank,
  isLower,
  isUpper,
  PUNCTUATION,
  PUNCTUATION_AND_SPACE,
  splitOnSpace,
  strip,
  withoutPunctuation,
} from '../python-text.ts'
import { splitSentences } from '../sentences.ts'
import { wordTokens } from '../word-tokens.ts'
import { endsInEmoji } from './emoji.ts'

/** The `format:*` of IFBench that look at words and sentences. */
export const options = defineInstruction({
  kind: 'format:options',
  summary: 'One of the options and nothing else; they are divided by "/", else "or", else ",".',
  schema: instruction('format:options', { options: z.string().min(1).max(10_000) }),
  check(response, { options }) {
    const divider = ['/', 'or', ','].find((text) => options.includes(text)) ?? ','
    const list = options.split(divider).map((option) => strip(option))
    const plain = (text: string) => strip(text, PUNCTUATION_AND_SPACE).toLowerCase()
    return {
      passed: /^\W*a\W*b\W*c/i.test(options)
        ? list.includes(response)
        : list.some((option) => plain(option) === plain(response)),
      expected: `one of ${list.map((option) => quote(option, 80)).join(', ')}`,
      received: quote(response),
    }
  },
})

export const newline = defineInstruction({
  kind: 'format:newline',
  summary: 'Each word on a line of its own.',
  schema: instruction('format:newline', {}),
  check(response) {
    const text = strip(withoutPunctuation(response))
    const lines = text.split('\n').filter((line) => line !== '').length
    const words = splitOnSpace(text).length
    return {
      passed: lines === words,
      expected: 'as many lines as words',
      received: `${lines} lines, ${words} words`,
    }
  },
})

export const emoji = defineInstruction({
  kind: 'format:emoji',
  summary: 'An emoji at the end of each sentence, or at the start of what follows it.',
  schema: instruction('format:emoji', {}),
  check(response) {
    const sentences = splitSentences(response)
    const at = sentences.findIndex((sentence, index) => !endsInEmoji(sentence, sentences[index + 1]))
    return {
      passed: at < 0,
      expected: 'an emoji behind each sentence',
      received: at < 0 ? 'one behind each' : `none behind ${quote((sentences[at] ?? '').slice(-80))}`,
    }
  },
})

export const list = defineInstruction({
  kind: 'format:list',
  summary: 'The text used for bullets occurs at least twice.',
  schema: instruction('format:list', { sep: phrase }),
  check(response, { sep }) {
    const number = response.split(sep).length - 1
    return { passed: number >= 2, expected: `at least twice ${quote(sep)}`, received: `${number} times` }
  },
})

export const noWhitespace = defineInstruction({
  kind: 'format:no_whitespace',
  summary: 'No white space at all.',
  schema: instruction('format:no_whitespace', {}),
  check(response) {
    const passed = !hasSpace(response)
    return { passed, expected: 'no white space', received: passed ? 'none' : 'white space' }
  },
})

const HEADINGS = ['My Answer:', 'My Conclusion:', 'Future Outlook:']

export const outputTemplate = defineInstruction({
  kind: 'format:output_template',
  summary: `${HEADINGS.join(', ')} occur.`,
  schema: instruction('format:output_template', {}),
  check(response) {
    const missing = HEADINGS.filter((heading) => !response.includes(heading))
    return {
      passed: missing.length === 0,
      expected: HEADINGS.join(' '),
      received: missing.length === 0 ? 'all of them' : `without ${missing.join(' ')}`,
    }
  },
})

export const titleCase = defineInstruction({
  kind: 'format:title_case',
  summary: 'No word begins with a small letter, unless it mixes cases behind it.',
  schema: instruction('format:title_case', {}),
  check(response) {
    const small = wordTokens(response).find(isSmall)
    return {
      passed: small === undefined,
      expected: 'title case',
      received: small === undefined ? 'title case' : quote(small, 80),
    }
  },
})

function isSmall(word: string): boolean {
  const [first = '', ...rest] = word
  if (!/^\p{L}/u.test(first) || !isLower(first)) return false
  const others = rest.join('')
  return others === '' || isUpper(others) || isLower(others)
}

const NUMBERS_AND_MARKS = `0123456789${PUNCTUATION.replace('"', '')}`

export const quoteUnquote = defineInstruction({
  kind: 'format:quote_unquote',
  summary: 'No quotation follows another at once, and none ends the response.',
  schema: instruction('format:quote_unquote', {}),
  check(response) {
    const text = splitOnSpace(response.replace(/[“”]/g, '"').replaceAll(`'"'`, '')).join('')
    const adjacent = text.includes('""')
    const atEnd = strip(text, NUMBERS_AND_MARKS).endsWith('"')
    return {
      passed: !adjacent && !atEnd,
      expected: 'words behind each quotation',
      received: adjacent
        ? 'two quotations side by side'
        : atEnd
          ? 'a quotation at the end'
          : 'words behind each',
    }
  },
})

export const thesis = defineInstruction({
  kind: 'format:thesis',
  summary: 'Something in <i> or <em>, closed, and text behind it.',
  schema: instruction('format:thesis', {}),
  check(response) {
    const start = either(response, '<i>', '<em>')
    const text = start < 0 ? '' : response.slice(start)
    const end = either(text, '</i>', '</em>')
    const passed = end >= 0 && !isBlank(text.slice(3, end)) && !isBlank(text.slice(end + 4))
    return { passed, expected: 'a thesis in italics, then text', received: passed ? 'both' : 'not both' }
  },
})

function either(text: string, first: string, second: string): number {
  const at = text.indexOf(first)
  return at >= 0 ? at : text.indexOf(second)
}
