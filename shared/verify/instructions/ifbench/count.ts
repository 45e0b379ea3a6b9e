import { quote } from '../../quote.ts'
import { count, phrase, place } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { occurrences } from '../occurrences.ts'
import {
  countedWords,
  PUNCTUATION_AND_SPACE,
  splitOnSpace,
  strip,
  withoutPunctuation,
} from '../python-text.ts'
import { CONJUNCTIONS, PERSON_NAMES, PRONOUNS } from '../word-lists.ts'
import { wordTokens } from '../word-tokens.ts'

/** `count:*` of IFBench. */
export const wordCountRange = defineInstruction({
  kind: 'count:word_count_range',
  summary: 'Between min_words and max_words words.',
  schema: instruction('count:word_count_range', { min_words: count, max_words: count }),
  check(response, { min_words, max_words }) {
    const number = countedWords(response).length
    return {
      passed: number >= min_words && number <= max_words,
      expected: `${min_words} to ${max_words} words`,
      received: `${number} words`,
    }
  },
})

const bare = (word: string) => strip(word, PUNCTUATION_AND_SPACE).toLowerCase()

export const uniqueWordCount = defineInstruction({
  kind: 'count:unique_word_count',
  summary: 'At least N different words.',
  schema: instruction('count:unique_word_count', { N: count }),
  check(response, { N }) {
    const number = new Set(splitOnSpace(response).map(bare)).size
    return { passed: number >= N, expected: `at least ${N} words`, received: `${number} different words` }
  },
})

export const conjunctions = defineInstruction({
  kind: 'count:conjunctions',
  summary: 'At least small_n different coordinating conjunctions; "and" and "And," are different ones.',
  schema: instruction('count:conjunctions', { small_n: count }),
  check(response, { small_n }) {
    const used = new Set(splitOnSpace(response).filter((word) => CONJUNCTIONS.has(bare(word))))
    return {
      passed: used.size >= small_n,
      expected: `at least ${small_n} conjunctions`,
      received: `${used.size} different ones`,
    }
  },
})

export const personNames = defineInstruction({
  kind: 'count:person_names',
  summary: 'At least N different names of a list of fifty.',
  schema: instruction('count:person_names', { N: count }),
  check(response, { N }) {
    const words = new Set(countedWords(response))
    const used = PERSON_NAMES.filter((name) => words.has(name))
    return {
      passed: used.length >= N,
      expected: `at least ${N} names of the list`,
      received: `${used.length} of them`,
    }
  },
})

export const numbers = defineInstruction({
  kind: 'count:numbers',
  summary: 'Exactly N numbers, written in digits.',
  schema: instruction('count:numbers', { N: count }),
  check(response, { N }) {
    const number = withoutPunctuation(response).match(/\p{Nd}+/gu)?.length ?? 0
    return { passed: number === N, expected: `${N} numbers`, received: `${number} numbers` }
  },
})

const MARKS = ['.', ',', '!', '?', ';', ':']

export const punctuation = defineInstruction({
  kind: 'count:punctuation',
  summary: 'All of . , ! ? ; : and an interrobang (?! or !? or \u203d) beside them.',
  schema: instruction('count:punctuation', {}),
  check(response) {
    const interrobang = /\?!|!\?|\u203d/.test(response)
    const rest = response.replace(response.includes('?!') ? '?!' : '!?', '')
    const missing = MARKS.filter((mark) => !rest.includes(mark))
    return {
      passed: interrobang && missing.length === 0,
      expected: `${MARKS.join(' ')} and ?!`,
      received: interrobang ? `without ${missing.join(' ') || 'none of them'}` : 'no interrobang',
    }
  },
})

const JAPANESE = /[\u3040-\u30ff\u4e00-\u9fff]/

export const wordsJapanese = defineInstruction({
  kind: 'count:words_japanese',
  summary: 'Every Nth word holds a Japanese character, unless it is a number.',
  schema: instruction('count:words_japanese', { N: place }),
  check(response, { N }) {
    const due = splitOnSpace(response)
      .filter((_, index) => (index + 1) % N === 0)
      .map((word) => strip(word, PUNCTUATION_AND_SPACE))
    const foreign = due.find((word) => word !== '' && !/^\p{Nd}+$/u.test(word) && !JAPANESE.test(word))
    return {
      passed: foreign === undefined,
      expected: `Japanese in every ${N}. word`,
      received: foreign === undefined ? 'it in each' : quote(foreign, 80),
    }
  },
})

export const pronouns = defineInstruction({
  kind: 'count:pronouns',
  summary: 'At least N pronouns.',
  schema: instruction('count:pronouns', { N: count }),
  check(response, { N }) {
    const tokens = wordTokens(response.replaceAll('/', ' ').toLowerCase())
    const number = tokens.filter((token) => PRONOUNS.has(token)).length
    return { passed: number >= N, expected: `at least ${N} pronouns`, received: `${number} pronouns` }
  },
})

const TIMES = [1, 2, 3, 5, 7]

export const keywordsMultiple = defineInstruction({
  kind: 'count:keywords_multiple',
  summary: 'Five keywords, as whole words in any case, exactly 1, 2, 3, 5 and 7 times.',
  schema: instruction('count:keywords_multiple', {
    keyword1: phrase,
    keyword2: phrase,
    keyword3: phrase,
    keyword4: phrase,
    keyword5: phrase,
  }),
  check(response, { keyword1, keyword2, keyword3, keyword4, keyword5 }) {
    const keywords = [keyword1, keyword2, keyword3, keyword4, keyword5].map((keyword) => strip(keyword))
    const counts = keywords.map((keyword) => occurrences(response, keyword, { whole: true }))
    const list = (numbers: number[]) =>
      keywords.map((keyword, index) => `${numbers[index]} ${keyword}`).join(', ')
    return {
      passed: counts.every((number, index) => number === TIMES[index]),
      expected: list(TIMES),
      received: list(counts),
    }
  },
})
