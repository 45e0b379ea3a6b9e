import { SPACE, splitOnSpace, stripEnd, WORD } from './python-text.ts'
import { remembered } from './remembered.ts'
import { splitSentences } from './sentences.ts'

/**
 * Word tokens as NLTK's `word_tokenize` gives them: the Penn Treebank rules, sentence by sentence. Punctuation marks are
 * tokens of their own, contractions are split (`do`, `n't`), a period stays on a word that does not end its sentence.
 */
export const wordTokens = remembered((text) => splitSentences(text).flatMap(tokensOf))

/** The tokens that hold a letter or a digit. */
export const spokenTokens = (text: string): string[] =>
  wordTokens(text).filter((token) => /[\p{L}\p{N}]/u.test(token))

const STARTS_WORD = `(?=[${WORD}])`
const ENDS_WORD = `(?![${WORD}])`
const AFTER_WORD = `(?<![${WORD}])`
/** What is found, and what takes its place. */
type Rule = [pattern: RegExp, replacement: string]

/** Splits a contraction that is written as one word. */
const split = ([first, second]: string[]): Rule => [
  new RegExp(`${AFTER_WORD}(${first})(${second})${ENDS_WORD}`, 'giu'),
  ' $1 $2 ',
]

/** The rules, in this order: those before the final period, those after it, and words that are two. */
const OPENING: Rule[] = [
  [/([«“‘„]|`+)/g, ' $1 '],
  [/^"/, '``'],
  [/``/g, ' `` '],
  [/([ ([{<])(?:"|'')/g, '$1 `` '],
  [new RegExp(`${AFTER_WORD}'(?!(?:re|ve|ll|m|t|s|d|n)${ENDS_WORD})${STARTS_WORD}`, 'giu'), "' "],
]
const MARKS_AND_CLOSING: Rule[] = [
  [/([:,])(\P{Nd})/gu, ' $1 $2'],
  [/([:,])$/, ' $1 '],
  [/\.{2,}/g, ' $& '],
  [/[;@#$%&\u2012-\u2015?!]/g, ' $& '],
  [/([^'])' /g, "$1 ' "],
  [/[*\][(){}<>]/g, ' $& '],
  [/--/g, ' -- '],
  [/^|$/g, ' '],
  [/[»”’]/g, ' $& '],
  [/''|"/g, " '' "],
  [new RegExp(`[${SPACE}]+`, 'g'), ' '],
  [/([^' ])('[sS]|'[mM]|'[dD]|') /g, '$1 $2 '],
  [/([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) /g, '$1 $2 '],
]
const CONTRACTIONS: Rule[] = [
  ...[
    ['can', 'not'],
    ['d', "'ye"],
    ['gim', 'me'],
    ['gon', 'na'],
    ['got', 'ta'],
    ['lem', 'me'],
    ['more', "'n"],
    ['wan', 'na(?= )'],
  ].map(split),
  [new RegExp(` ('t)(is|was)${ENDS_WORD}`, 'giu'), ' $1 $2 '],
]
/** Few sentences hold a contraction: one look spares the others nine. */
const CONTRACTED = /cannot|d'ye|gimme|gonna|gotta|lemme|more'n|wanna|'t(?:is|was)/iu

function tokensOf(sentence: string): string[] {
  const replaceAll = (text: string, rules: Rule[]) =>
    rules.reduce((changed, [pattern, replacement]) => changed.replace(pattern, replacement), text)
  const opened = replaceAll(sentence, OPENING)
  const marked = replaceAll(setFinalPeriodApart(opened), MARKS_AND_CLOSING)
  return splitOnSpace(CONTRACTED.test(marked) ? replaceAll(marked, CONTRACTIONS) : marked)
}

/** A single period that only closing marks follow is the sentence's own. */
function setFinalPeriodApart(text: string): string {
  const trimmed = stripEnd(text)
  const closed = stripEnd(trimmed, ']})>"\'»”’ ')
  if (!closed.endsWith('.') || closed.length < 2 || closed.endsWith('..')) return text
  return `${closed.slice(0, -1)} . ${trimmed.slice(closed.length)} `
}
