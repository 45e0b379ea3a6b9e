import * as z from 'zod'
import { quote } from '../../quote.ts'
import { compared, count, phrase, phrases, relation } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { occurrences } from '../occurrences.ts'
import { strip } from '../python-text.ts'

/** `keywords:*` of IFEval. */
export const existence = defineInstruction({
  kind: 'keywords:existence',
  summary: 'All keywords occur, in any case, inside words too.',
  schema: instruction('keywords:existence', { keywords: phrases }),
  check(response, { keywords }) {
    const missing = keywords.filter((keyword) => occurrences(response, keyword, { whole: false }) === 0)
    return {
      passed: missing.length === 0,
      expected: `all of ${list(keywords)}`,
      received: missing.length === 0 ? 'all of them' : `without ${list(missing)}`,
    }
  },
})

export const frequency = defineInstruction({
  kind: 'keywords:frequency',
  summary: 'A keyword occurs less than, or at least, so many times, inside words too.',
  schema: instruction('keywords:frequency', { keyword: phrase, frequency: count, relation }),
  check(response, spec) {
    const keyword = strip(spec.keyword)
    const number = occurrences(response, keyword, { whole: false })
    const { expected, holds } = compared(spec.relation, spec.frequency, `times ${quote(keyword)}`)
    return { passed: holds(number), expected, received: `${number} times` }
  },
})

export const forbiddenWords = defineInstruction({
  kind: 'keywords:forbidden_words',
  summary: 'None of the words occurs as a whole word, in any case.',
  schema: instruction('keywords:forbidden_words', { forbidden_words: phrases }),
  check(response, { forbidden_words }) {
    const present = forbidden_words.filter((word) => occurrences(response, word, { whole: true }) > 0)
    return {
      passed: present.length === 0,
      expected: `none of ${list(forbidden_words)}`,
      received: present.length === 0 ? 'none of them' : list(present),
    }
  },
})

export const letterFrequency = defineInstruction({
  kind: 'keywords:letter_frequency',
  summary: 'A letter or other character occurs less than, or at least, so many times, in any case.',
  schema: instruction('keywords:letter_frequency', {
    letter: z.string().regex(/^.$/u, 'must be one character'),
    let_frequency: count,
    let_relation: relation,
  }),
  check(response, spec) {
    const letter = spec.letter.toLowerCase()
    const number = response.toLowerCase().split(letter).length - 1
    const { expected, holds } = compared(spec.let_relation, spec.let_frequency, `times ${quote(letter)}`)
    return { passed: holds(number), expected, received: `${number} times` }
  },
})

const list = (values: string[]) => values.map((value) => quote(value, 80)).join(', ')
