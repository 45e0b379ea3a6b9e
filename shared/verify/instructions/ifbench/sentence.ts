import { quote } from '../../quote.ts'
import { count, phrase, place } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { occurrences } from '../occurrences.ts'
import {
  firstCharacter,
  PUNCTUATION_AND_SPACE,
  splitOnSpace,
  stripStart,
  withoutPunctuation,
} from '../python-text.ts'
import { splitSentences } from '../sentences.ts'

/** `sentence:*` of IFBench. */
export const keyword = defineInstruction({
  kind: 'sentence:keyword',
  summary: 'The Nth sentence holds a word, as a whole word in any case.',
  schema: instruction('sentence:keyword', { word: phrase, N: place }),
  check(response, { word, N }) {
    const sentences = splitSentences(response)
    const sentence = sentences[N - 1]
    return {
      passed: sentence !== undefined && occurrences(sentence, word, { whole: true }) > 0,
      expected: `${quote(word)} in sentence ${N}`,
      received: sentence === undefined ? `${sentences.length} sentences` : quote(sentence),
    }
  },
})

export const increment = defineInstruction({
  kind: 'sentence:increment',
  summary: 'Each sentence has exactly small_n more words than the one before.',
  schema: instruction('sentence:increment', { small_n: count }),
  check(response, { small_n }) {
    const counts = splitSentences(response).map(
      (sentence) => splitOnSpace(withoutPunctuation(sentence)).length,
    )
    return {
      passed: counts.every((words, index) => index === 0 || words === (counts[index - 1] ?? 0) + small_n),
      expected: `${small_n} more words in each sentence`,
      received: `sentences of ${counts.slice(0, 20).join(', ')} words`,
    }
  },
})

export const alliterationIncrement = defineInstruction({
  kind: 'sentence:alliteration_increment',
  summary:
    'Each sentence has more alliterating words, which follow one of the same first letter, than the one before.',
  schema: instruction('sentence:alliteration_increment', {}),
  check(response) {
    const counts = splitSentences(response).map(countAlliterating)
    return {
      passed: counts.every((words, index) => words > (counts[index - 1] ?? -1)),
      expected: 'more alliterating words in each sentence',
      received: `sentences with ${counts.slice(0, 20).join(', ')} of them`,
    }
  },
})

/** The words in runs of two or more that begin alike. */
function countAlliterating(sentence: string): number {
  const letters = splitOnSpace(sentence.toLowerCase())
    .map((word) => firstCharacter(stripStart(word, PUNCTUATION_AND_SPACE)))
    .filter((letter) => letter !== '')
  return letters.filter((letter, index) => letter === letters[index - 1] || letter === letters[index + 1])
    .length
}
