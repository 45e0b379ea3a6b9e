import { passage, percentage } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { codePointLength, countedWords, plainWords, strip } from '../python-text.ts'
import { splitSentences } from '../sentences.ts'
import { STOP_WORDS } from '../word-lists.ts'

/** `ratio:*` of IFBench. */
export const stopWords = defineInstruction({
  kind: 'ratio:stop_words',
  summary: 'At most a percentage of the words are stop words.',
  schema: instruction('ratio:stop_words', { percentage }),
  check(response, { percentage }) {
    const words = countedWords(response)
    const stops = words.filter((word) => STOP_WORDS.has(word.toLowerCase())).length
    const share = (stops / words.length) * 100
    return {
      passed: words.length > 0 && share <= percentage,
      expected: `at most ${percentage}% stop words`,
      received: words.length > 0 ? `${share.toFixed(1)}%` : 'no words',
    }
  },
})

export const overlap = defineInstruction({
  kind: 'ratio:overlap',
  summary:
    'A percentage (give or take 2) of the different runs of three characters are in the reference text too.',
  schema: instruction('ratio:overlap', { reference_text: passage, percentage }),
  check(response, { reference_text, percentage }) {
    const [given, reference] = [trigrams(response), trigrams(reference_text)]
    const shared = [...given].filter((trigram) => reference.has(trigram)).length
    const share = (shared / given.size) * 100
    return {
      passed: given.size > 0 && share >= percentage - 2 && share <= percentage + 2,
      expected: `${percentage}% of trigrams shared, give or take 2`,
      received: given.size > 0 ? `${share.toFixed(1)}%` : 'no trigram',
    }
  },
})

/** Runs of three characters, as IFBench's gold results and its package count; its repository went over to words later. */
function trigrams(text: string): Set<string> {
  const characters = [...text]
  return new Set(
    characters.slice(2).map((character, index) => `${characters[index]}${characters[index + 1]}${character}`),
  )
}

type Ends = { declarative: number; interrogative: number; exclamatory: number }

function countEnds(response: string): Ends {
  const sentences = splitSentences(response)
  const ending = (mark: string) => sentences.filter((sentence) => sentence.endsWith(mark)).length
  return { declarative: ending('.'), interrogative: ending('?'), exclamatory: ending('!') }
}

const list = ({ declarative, interrogative, exclamatory }: Ends) =>
  `${declarative} declarative, ${interrogative} interrogative, ${exclamatory} exclamatory`

export const sentenceType = defineInstruction({
  kind: 'ratio:sentence_type',
  summary: 'Twice as many sentences end in a period as in a question mark.',
  schema: instruction('ratio:sentence_type', {}),
  check(response) {
    const ends = countEnds(response)
    return {
      passed: ends.declarative === 2 * ends.interrogative,
      expected: 'two declarative sentences to each interrogative one',
      received: list(ends),
    }
  },
})

export const sentenceBalance = defineInstruction({
  kind: 'ratio:sentence_balance',
  summary: 'As many sentences end in a period as in a question mark and in an exclamation mark.',
  schema: instruction('ratio:sentence_balance', {}),
  check(response) {
    const ends = countEnds(response)
    return {
      passed: ends.declarative === ends.interrogative && ends.interrogative === ends.exclamatory,
      expected: 'as many of each type of sentence',
      received: list(ends),
    }
  },
})

export const sentenceWords = defineInstruction({
  kind: 'ratio:sentence_words',
  summary: 'Three sentences of the same length in characters, no word used twice.',
  schema: instruction('ratio:sentence_words', {}),
  check(response) {
    const sentences = splitSentences(response)
    const lengths = sentences.map((sentence) => codePointLength(strip(sentence)))
    const words = plainWords(sentences.join(' '))
    const repeats = words.length - new Set(words).size
    return {
      passed: sentences.length === 3 && new Set(lengths).size === 1 && repeats === 0,
      expected: 'three sentences of the same length, all words different',
      received: `sentences of ${lengths.slice(0, 10).join(', ')} characters, ${repeats} words again`,
    }
  },
})
