import { detectLanguage } from '../../language-id.ts'
import { compared, count, relation } from '../arguments.ts'
import { defineInstruction, type Finding, instruction } from '../instruction.ts'
import { isLower, isUpper } from '../python-text.ts'
import { wordTokens } from '../word-tokens.ts'

/** `change_case:*` of IFEval. */
export const capitalWordFrequency = defineInstruction({
  kind: 'change_case:capital_word_frequency',
  summary: 'Less than, or at least, so many words in capitals.',
  schema: instruction('change_case:capital_word_frequency', {
    capital_frequency: count,
    capital_relation: relation,
  }),
  check(response, spec) {
    const number = wordTokens(wordsWithCapitals(response)).filter(isUpper).length
    const { expected, holds } = compared(spec.capital_relation, spec.capital_frequency, 'words in capitals')
    return { passed: holds(number), expected, received: `${number} words in capitals` }
  },
})

/**
 * What is left of a text without the words that have no capital: no token in capitals comes of them, and marks at the
 * ends of sentences, which fall elsewhere now, are no capitals. Few words have one, and tokens are dear.
 */
const wordsWithCapitals = (text: string): string =>
  text
    .split(/\s+/)
    .filter((word) => word !== word.toLowerCase())
    .join(' ')

export const englishCapital = defineInstruction({
  kind: 'change_case:english_capital',
  summary: 'All in capitals, and in English.',
  schema: instruction('change_case:english_capital', {}),
  check: (response) => english(response, isUpper(response), 'capitals'),
})

export const englishLowercase = defineInstruction({
  kind: 'change_case:english_lowercase',
  summary: 'All in lower case, and in English.',
  schema: instruction('change_case:english_lowercase', {}),
  check: (response) => english(response, isLower(response), 'lower case'),
})

async function english(response: string, cased: boolean, name: string): Promise<Finding> {
  const expected = `English in ${name}`
  if (!cased) return { passed: false, expected, received: `not all in ${name}` }
  const language = await detectLanguage(response)
  return {
    passed: language === null || language === 'en',
    expected,
    received: language === null ? 'no language to tell' : `the language ${language}`,
  }
}
