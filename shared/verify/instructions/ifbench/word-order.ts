import { quote } from '../../quote.ts'
import { phrase, place } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import {
  firstCharacter,
  PUNCTUATION_AND_SPACE,
  plainWords,
  splitOnSpace,
  strip,
  stripEnd,
  stripStart,
} from '../python-text.ts'
import { splitSentences } from '../sentences.ts'
import { spokenTokens } from '../word-tokens.ts'

/** The `words:*` of IFBench that look at where words stand. */
export const alphabet = defineInstruction({
  kind: 'words:alphabet',
  summary: 'Each word begins with the next letter of the alphabet, "a" after "z".',
  schema: instruction('words:alphabet', {}),
  check(response) {
    const letters = plainWords(response).map(firstCharacter)
    const from = (letters[0] ?? '').charCodeAt(0) - A
    const at = letters.findIndex((letter, index) => letter !== String.fromCharCode(A + ((from + index) % 26)))
    return {
      passed: from >= 0 && from < 26 && at < 0,
      expected: 'words in the order of the alphabet',
      received: at < 0 ? `${letters.length} words in order` : `word ${at + 1} begins with ${letters[at]}`,
    }
  },
})

const A = 'a'.charCodeAt(0)

export const noConsecutive = defineInstruction({
  kind: 'words:no_consecutive',
  summary: 'No word begins with the letter of the one before.',
  schema: instruction('words:no_consecutive', {}),
  check(response) {
    const words = plainWords(response)
    const at = words.findIndex(
      (word, index) => index > 0 && firstCharacter(word) === firstCharacter(words[index - 1] ?? ''),
    )
    return {
      passed: at < 0,
      expected: 'another first letter in each next word',
      received: at < 0 ? 'so they do' : quote(words.slice(at - 1, at + 1).join(' '), 80),
    }
  },
})

export const lastFirst = defineInstruction({
  kind: 'words:last_first',
  summary: 'The last word of each sentence is the first of the next, in any case.',
  schema: instruction('words:last_first', {}),
  check(response) {
    const sentences = splitSentences(response)
    const at = sentences.findIndex((sentence, index) => {
      const next = sentences[index + 1]
      return next !== undefined && (lastWord(sentence) === '' || lastWord(sentence) !== firstWord(next))
    })
    return {
      passed: at < 0,
      expected: 'the last word of each sentence first in the next',
      received: at < 0 ? `${sentences.length} sentences so linked` : `not so behind sentence ${at + 1}`,
    }
  },
})

const lastWord = (text: string) =>
  (splitOnSpace(stripEnd(text, PUNCTUATION_AND_SPACE)).at(-1) ?? '').toLowerCase()
const firstWord = (text: string) =>
  (splitOnSpace(stripStart(text, PUNCTUATION_AND_SPACE))[0] ?? '').toLowerCase()

export const paragraphLastFirst = defineInstruction({
  kind: 'words:paragraph_last_first',
  summary: 'Each line ends with the word that it begins with, in any case.',
  schema: instruction('words:paragraph_last_first', {}),
  check(response) {
    const other = response.split('\n').find((line) => {
      const words = splitOnSpace(strip(strip(line).toLowerCase(), PUNCTUATION_AND_SPACE))
      return words[0] !== words.at(-1)
    })
    return {
      passed: other === undefined,
      expected: 'lines that end with their first word',
      received: other === undefined ? 'them alone' : quote(other, 160),
    }
  },
})

export const keywordsSpecificPosition = defineInstruction({
  kind: 'words:keywords_specific_position',
  summary: 'A keyword is word m of sentence n, in any case.',
  schema: instruction('words:keywords_specific_position', { keyword: phrase, n: place, m: place }),
  check(response, { keyword, n, m }) {
    const sentence = splitSentences(response)[n - 1]
    const word = sentence === undefined ? undefined : spokenTokens(sentence)[m - 1]
    return {
      passed: word?.toLowerCase() === strip(keyword).toLowerCase(),
      expected: `${quote(strip(keyword))} as word ${m} of sentence ${n}`,
      received: word === undefined ? 'no such word' : quote(word, 80),
    }
  },
})

export const wordsPosition = defineInstruction({
  kind: 'words:words_position',
  summary: 'The second word and the last but one are the keyword, in any case.',
  schema: instruction('words:words_position', { keyword: phrase }),
  check(response, { keyword }) {
    const words = spokenTokens(response)
    const found = [words[1], words.at(-2)].map((word) => word?.toLowerCase())
    return {
      passed: words.length >= 2 && found.every((word) => word === strip(keyword).toLowerCase()),
      expected: `${quote(strip(keyword))} second and last but one`,
      received: quote(found.join(' and '), 160),
    }
  },
})
