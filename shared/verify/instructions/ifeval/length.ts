import { quote } from '../../quote.ts'
import { compared, count, phrase, place, relation } from '../arguments.ts'
import { defineInstruction, instruction } from '../instruction.ts'
import { countedWords, isBlank, SPACE, splitOnSpace, strip } from '../python-text.ts'
import { splitSentences } from '../sentences.ts'

/** `length_constraints:*` of IFEval. */
export const numberSentences = defineInstruction({
  kind: 'length_constraints:number_sentences',
  summary: 'Less than, or at least, so many sentences.',
  schema: instruction('length_constraints:number_sentences', { num_sentences: count, relation }),
  check(response, spec) {
    const number = splitSentences(response).length
    const { expected, holds } = compared(spec.relation, spec.num_sentences, 'sentences')
    return { passed: holds(number), expected, received: `${number} sentences` }
  },
})

export const numberWords = defineInstruction({
  kind: 'length_constraints:number_words',
  summary: 'Less than, or at least, so many words.',
  schema: instruction('length_constraints:number_words', { num_words: count, relation }),
  check(response, spec) {
    const number = countedWords(response).length
    const { expected, holds } = compared(spec.relation, spec.num_words, 'words')
    return { passed: holds(number), expected, received: `${number} words` }
  },
})

const DIVIDER = new RegExp(`[${SPACE}]?\\*\\*\\*[${SPACE}]?`)

export const numberParagraphs = defineInstruction({
  kind: 'length_constraints:number_paragraphs',
  summary: 'Exactly so many paragraphs, divided by ***.',
  schema: instruction('length_constraints:number_paragraphs', { num_paragraphs: count }),
  check(response, { num_paragraphs }) {
    const parts = response.split(DIVIDER)
    const empty = parts.slice(1, -1).some(isBlank)
    const number = parts.filter((part) => !isBlank(part)).length
    return {
      passed: !empty && number === num_paragraphs,
      expected: `${num_paragraphs} paragraphs divided by ***`,
      received: empty ? 'an empty paragraph' : `${number} paragraphs`,
    }
  },
})

export const nthParagraphFirstWord = defineInstruction({
  kind: 'length_constraints:nth_paragraph_first_word',
  summary: 'Exactly so many paragraphs, divided by an empty line; one of them begins with a word.',
  schema: instruction('length_constraints:nth_paragraph_first_word', {
    num_paragraphs: count,
    nth_paragraph: place,
    first_word: phrase,
  }),
  check(response, { num_paragraphs, nth_paragraph, first_word }) {
    const parts = response.split('\n\n')
    const number = parts.filter((part) => !isBlank(part)).length
    // the reference counts without the blank paragraphs, yet looks the paragraph up among all of them
    const paragraph = nth_paragraph <= number ? strip(parts[nth_paragraph - 1] ?? '') : ''
    const word = firstWord(paragraph)
    return {
      passed: paragraph !== '' && number === num_paragraphs && word === first_word.toLowerCase(),
      expected: `${num_paragraphs} paragraphs, the ${nth_paragraph}. beginning with ${quote(first_word)}`,
      received: `${number} paragraphs, that one beginning with ${quote(word)}`,
    }
  },
})

/** Up to the first punctuation mark, without the quotes in front of it. */
function firstWord(paragraph: string): string {
  const word = (splitOnSpace(paragraph)[0] ?? '').replace(/^'*"*/, '')
  return (/^[^.,?!'"]*/.exec(word)?.[0] ?? '').toLowerCase()
}
