import * as count from './ifbench/count.ts'
import * as csv from './ifbench/csv.ts'
import * as custom from './ifbench/custom.ts'
import * as format from './ifbench/format.ts'
import * as nesting from './ifbench/nesting.ts'
import * as questions from './ifbench/questions.ts'
import * as ratio from './ifbench/ratio.ts'
import * as repeat from './ifbench/repeat.ts'
import * as sentence from './ifbench/sentence.ts'
import * as wordOrder from './ifbench/word-order.ts'
import * as words from './ifbench/words.ts'
import * as changeCase from './ifeval/change-case.ts'
import * as content from './ifeval/content.ts'
import * as form from './ifeval/form.ts'
import * as ifevalFormat from './ifeval/format.ts'
import * as keywords from './ifeval/keywords.ts'
import * as language from './ifeval/language.ts'
import * as length from './ifeval/length.ts'

/** The 25 instructions of IFEval (Zhou et al. 2023, arXiv 2311.07911). */
export const IFEVAL = {
  'change_case:capital_word_frequency': changeCase.capitalWordFrequency,
  'change_case:english_capital': changeCase.englishCapital,
  'change_case:english_lowercase': changeCase.englishLowercase,
  'combination:repeat_prompt': form.repeatPrompt,
  'combination:two_responses': form.twoResponses,
  'detectable_content:number_placeholders': content.numberPlaceholders,
  'detectable_content:postscript': content.postscript,
  'detectable_format:constrained_response': ifevalFormat.constrainedResponse,
  'detectable_format:json_format': ifevalFormat.jsonFormat,
  'detectable_format:multiple_sections': ifevalFormat.multipleSections,
  'detectable_format:number_bullet_lists': ifevalFormat.numberBulletLists,
  'detectable_format:number_highlighted_sections': ifevalFormat.numberHighlightedSections,
  'detectable_format:title': ifevalFormat.title,
  'keywords:existence': keywords.existence,
  'keywords:forbidden_words': keywords.forbiddenWords,
  'keywords:frequency': keywords.frequency,
  'keywords:letter_frequency': keywords.letterFrequency,
  'language:response_language': language.responseLanguage,
  'length_constraints:nth_paragraph_first_word': length.nthParagraphFirstWord,
  'length_constraints:number_paragraphs': length.numberParagraphs,
  'length_constraints:number_sentences': length.numberSentences,
  'length_constraints:number_words': length.numberWords,
  'punctuation:no_comma': form.noComma,
  'startend:end_checker': form.endChecker,
  'startend:quotation': form.quotation,
} as const

/** The 58 instructions of IFBench (Pyatkin et al. 2025, arXiv 2507.02833). */
export const IFBENCH = {
  'count:conjunctions': count.conjunctions,
  'count:keywords_multiple': count.keywordsMultiple,
  'count:numbers': count.numbers,
  'count:person_names': count.personNames,
  'count:pronouns': count.pronouns,
  'count:punctuation': count.punctuation,
  'count:unique_word_count': count.uniqueWordCount,
  'count:word_count_range': count.wordCountRange,
  'count:words_japanese': count.wordsJapanese,
  'custom:character_reverse': custom.characterReverse,
  'custom:csv_city': csv.csvCity,
  'custom:csv_quotes': csv.csvQuotes,
  'custom:csv_special_character': csv.csvSpecialCharacter,
  'custom:date_format_list': custom.dateFormatList,
  'custom:european_capitals_sort': custom.europeanCapitalsSort,
  'custom:mcq_count_length': questions.mcqCountLength,
  'custom:multiples': custom.multiples,
  'custom:reverse_newline': custom.reverseNewline,
  'custom:sentence_alphabet': custom.sentenceAlphabet,
  'custom:word_reverse': custom.wordReverse,
  'format:emoji': format.emoji,
  'format:line_indent': nesting.lineIndent,
  'format:list': format.list,
  'format:newline': format.newline,
  'format:no_bullets_bullets': nesting.noBulletsBullets,
  'format:no_whitespace': format.noWhitespace,
  'format:options': format.options,
  'format:output_template': format.outputTemplate,
  'format:parentheses': nesting.parentheses,
  'format:quote_unquote': format.quoteUnquote,
  'format:quotes': nesting.quotes,
  'format:sub-bullets': nesting.subBullets,
  'format:thesis': format.thesis,
  'format:title_case': format.titleCase,
  'ratio:overlap': ratio.overlap,
  'ratio:sentence_balance': ratio.sentenceBalance,
  'ratio:sentence_type': ratio.sentenceType,
  'ratio:sentence_words': ratio.sentenceWords,
  'ratio:stop_words': ratio.stopWords,
  'repeat:repeat_change': repeat.repeatChange,
  'repeat:repeat_simple': repeat.repeatSimple,
  'repeat:repeat_span': repeat.repeatSpan,
  'sentence:alliteration_increment': sentence.alliterationIncrement,
  'sentence:increment': sentence.increment,
  'sentence:keyword': sentence.keyword,
  'words:alphabet': wordOrder.alphabet,
  'words:consonants': words.consonants,
  'words:keywords_specific_position': wordOrder.keywordsSpecificPosition,
  'words:last_first': wordOrder.lastFirst,
  'words:no_consecutive': wordOrder.noConsecutive,
  'words:odd_even_syllables': words.oddEvenSyllables,
  'words:palindrome': words.palindrome,
  'words:paragraph_last_first': wordOrder.paragraphLastFirst,
  'words:prime_lengths': words.primeLengths,
  'words:repeats': words.repeats,
  'words:start_verb': words.startVerb,
  'words:vowel': words.vowel,
  'words:words_position': wordOrder.wordsPosition,
} as const

export const INSTRUCTIONS = { ...IFEVAL, ...IFBENCH } as const

export const instructionSchemas = Object.values(INSTRUCTIONS).map(({ schema }) => schema)

/** The data sets write a null for each argument that an instruction does not take: of an instruction's, they go. */
export function withoutNullArguments(spec: unknown): unknown {
  if (typeof spec !== 'object' || spec === null || !('kind' in spec)) return spec
  if (typeof spec.kind !== 'string' || !Object.hasOwn(INSTRUCTIONS, spec.kind)) return spec
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null))
}
