import { quote } from '../../quote.ts'
import { count } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { codePointLength, plainWords, splitOnSpace, strip, withoutPunctuation } from '../python-text.ts'
import { syllables } from '../syllables.ts'
import { wordTokens } from '../word-tokens.ts'
import { isFirstVerb } from './verb.ts'

/** More of a response need not be read to know its first word. */
const LONGEST_WORD = 1_000

/** The `words:*` of IFBench that look at words one by one. */
export const startVerb = defineInstruction({
  kind: 'words:start_verb',
  summary: 'The first word is a verb, as far as its form tells.',
  schema: instruction('words:start_verb', {}),
  check(response) {
    const [first = ''] = wordTokens(strip(response).slice(0, LONGEST_WORD))
    return { passed: isFirstVerb(first), expected: 'a verb first', received: quote(first, 80) }
  },
})

export const vowel = defineInstruction({
  kind: 'words:vowel',
  summary: 'One paragraph that uses at most three of the vowels a, e, i, o, u.',
  schema: instruction('words:vowel', {}),
  check(response) {
    const lines = strip(response).split('\n').length
    const used = ['a', 'e', 'i', 'o', 'u'].filter((letter) => response.toLowerCase().includes(letter))
    return {
      passed: lines === 1 && used.length <= 3,
      expected: 'one paragraph, three vowels',
      received: `${lines} lines, the vowels ${used.join(' ')}`,
    }
  },
})

const CLUSTER = /[bcdfghjklmnpqrstvwxyz]{2}/

export const consonants = defineInstruction({
  kind: 'words:consonants',
  summary: 'Each word has two consonants side by side.',
  schema: instruction('words:consonants', {}),
  check(response) {
    const plain = splitOnSpace(response.toLowerCase()).find((word) => !CLUSTER.test(word))
    return {
      passed: plain === undefined,
      expected: 'two consonants together in each word',
      received: plain === undefined ? 'them in each' : quote(plain, 80),
    }
  },
})

export const palindrome = defineInstruction({
  kind: 'words:palindrome',
  summary: 'At least ten palindromes of five letters or more.',
  schema: instruction('words:palindrome', {}),
  check(response) {
    const number = plainWords(response).filter(isPalindrome).length
    return { passed: number >= 10, expected: 'at least 10 palindromes', received: `${number} palindromes` }
  },
})

const isPalindrome = (word: string) => codePointLength(word) >= 5 && [...word].reverse().join('') === word

const PRIMES = new Set([
  2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97,
])

export const primeLengths = defineInstruction({
  kind: 'words:prime_lengths',
  summary: 'The length of each word is a prime number below 100.',
  schema: instruction('words:prime_lengths', {}),
  check(response) {
    const other = splitOnSpace(withoutPunctuation(response)).find(
      (word) => !PRIMES.has(codePointLength(word)),
    )
    return {
      passed: other === undefined,
      expected: 'words of prime length',
      received: other === undefined ? 'them alone' : quote(other, 80),
    }
  },
})

export const repeats = defineInstruction({
  kind: 'words:repeats',
  summary: 'No word occurs more than small_n times.',
  schema: instruction('words:repeats', { small_n: count }),
  check(response, { small_n }) {
    const counts = new Map<string, number>()
    for (const word of plainWords(response)) counts.set(word, (counts.get(word) ?? 0) + 1)
    const often = [...counts].find(([, number]) => number > small_n)
    return {
      passed: often === undefined,
      expected: `each word at most ${small_n} times`,
      received: often === undefined ? 'none more often' : `${quote(often[0], 80)} ${often[1]} times`,
    }
  },
})

export const oddEvenSyllables = defineInstruction({
  kind: 'words:odd_even_syllables',
  summary: 'Words with an odd and with an even number of syllables take turns.',
  schema: instruction('words:odd_even_syllables', {}),
  check(response) {
    const words = plainWords(response)
    const odd = words.map((word) => syllables(word) % 2 === 1)
    const at = odd.findIndex((isOdd, index) => index > 0 && isOdd === odd[index - 1])
    return {
      passed: at < 0,
      expected: 'odd and even numbers of syllables in turn',
      received: at < 0 ? 'they take turns' : `${quote(words.slice(at - 1, at + 1).join(' '), 80)}, alike`,
    }
  },
})
