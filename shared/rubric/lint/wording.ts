import type { Clause, MetaRubricLayer } from '../../protocol/rubric.ts'
import { type Fault, quoted, type Rule } from './fault.ts'
import { wordsOf } from './words.ts'

/** Fewest and most characters of each text of a clause. */
const LENGTHS = { title: [4, 64], description: [20, 320], applies: [8, 200] } as const
const PRINCIPLE_LENGTHS = [12, 200] as const

type Text = { clause: string | null; field: string; text: string }

/** Faults in how the texts of a layer are worded, each text by itself. */
export function wordingFaults(layer: MetaRubricLayer): Fault[] {
  const clauses = [...layer.fatal, ...layer.pool]
  const texts = [...layer.principles.map(ofPrinciple), ...clauses.flatMap(textsOf)]
  return [
    ...clauses.flatMap(lengthFaults),
    ...layer.principles.flatMap((text, index) => tooLongOrShort(ofPrinciple(text, index), PRINCIPLE_LENGTHS)),
    ...texts.flatMap((text) => WORDINGS.flatMap((wording) => breaks(text, wording))),
  ]
}

type Wording = { rule: Rule; found: RegExp; expected: string }

const SIDELESS = 'a demand on any response, without a side, a letter or a place'

const WORDINGS: Wording[] = [
  {
    rule: 'plain_line',
    found: /[\p{Cc}\u2028\u2029]|\{\{|\}\}|<\/?[a-z]|```/iu,
    expected: 'one line of plain text, without markup, fences or template holes',
  },
  {
    rule: 'names_a_side',
    found:
      /\b(?:[Rr]esponse|[Aa]nswer|[Aa]ssistant|[Cc]andidate|[Oo]ption|[Oo]utput) [AB12]\b|\b[AB] is better\b/,
    expected: SIDELESS,
  },
  {
    rule: 'names_a_side',
    found:
      /\b(?:first|second|former|latter|other|preferred|chosen|rejected|left-hand|right-hand) (?:response|answer|candidate|assistant|output)s?\b|\bboth (?:responses|answers|candidates|outputs)\b/i,
    expected: SIDELESS,
  },
  {
    rule: 'instructs_the_judge',
    found:
      /\b(?:judges?|graders?|evaluators?|raters?)\b|\b(?:your|the) verdict\b|\byou (?:must|should|shall|will|are)\b|\b(?:ignore|disregard|forget) (?:all|any|the|your|previous)\b|\b(?:score|rate|grade|rank|mark) (?:it|them|this|the response|a response|highly)\b|\b(?:award|deduct|subtract) (?:a |no )?points?\b|\b(?:prefer|favou?r|penali[sz]e) (?:the|a|any) (?:response|answer|longer|shorter)\b/i,
    expected: 'a statement of what is good, not an order to whoever judges',
  },
]

function breaks({ clause, field, text }: Text, { rule, found, expected }: Wording): Fault[] {
  const match = found.exec(text)
  return match === null ? [] : [{ rule, clause, field, expected, received: quoted(match[0]) }]
}

function lengthFaults(clause: Clause): Fault[] {
  return textsOf(clause).flatMap((text) => tooLongOrShort(text, LENGTHS[text.field]))
}

function tooLongOrShort({ clause, field, text }: Text, [least, most]: readonly [number, number]): Fault[] {
  const { length } = text.trim()
  if (length >= least && length <= most) return []
  const expected = `${least} to ${most} characters`
  return [{ rule: 'length', clause, field, expected, received: `${length}` }]
}

function textsOf({ id, title, description, applies }: Clause) {
  return [
    { clause: id, field: 'title', text: title },
    { clause: id, field: 'description', text: description },
    { clause: id, field: 'applies', text: applies },
  ] as const
}

const ofPrinciple = (text: string, index: number): Text => ({
  clause: null,
  field: `principles.${index}`,
  text,
})

/** The letters of each script that `Intl` names by another word than Unicode's own. */
const SCRIPTS: Record<string, string> = {
  Jpan: '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}',
  Kore: '\\p{Script=Hangul}\\p{Script=Han}',
  Hans: '\\p{Script=Han}',
  Hant: '\\p{Script=Han}',
}

const LEAST_IN_SCRIPT = 0.8
const LEAST_ENGLISH = 0.15
const ENGLISH = new Set(
  'the a an of to in is are and or that what it for not no with as be by its on where which from who'.split(
    ' ',
  ),
)

/**
 * Faults of language: a name that is none, letters of another script, or a layer called English that lacks
 * English's small words. It can't tell two other languages of one script apart.
 */
export function languageFaults(layer: MetaRubricLayer): Fault[] {
  const { language } = layer
  const script = scriptOf(language)
  if (script === null) {
    const expected = 'a language tag such as "en"'
    return [{ rule: 'language', clause: null, field: 'language', expected, received: quoted(language) }]
  }
  const clauses = [...layer.fatal, ...layer.pool]
  const texts = [...layer.principles.map(ofPrinciple), ...clauses.flatMap(textsOf)]
  const foreign = texts.filter(({ text }) => shareIn(text, script) < LEAST_IN_SCRIPT)
  if (foreign.length > 0) {
    const expected = `text in the script of '${language}'`
    return foreign.map(({ clause, field, text }) => ({
      ...{ rule: 'language', clause, field, expected, received: quoted(text) },
    }))
  }
  const words = texts.flatMap(({ text }) => wordsOf(text))
  const share = words.filter((word) => ENGLISH.has(word)).length / Math.max(words.length, 1)
  if (!/^en\b/i.test(language) || share >= LEAST_ENGLISH) return []
  const received = `words of which ${Math.round(share * 100)} % are English's small words`
  return [{ rule: 'language', clause: null, field: 'language', expected: 'English text', received }]
}

/** The letters of a language's script as a class of a pattern, or null where the tag names no language. */
function scriptOf(language: string): RegExp | null {
  try {
    const { script } = new Intl.Locale(language).maximize()
    return script === undefined ? null : new RegExp(`[${SCRIPTS[script] ?? `\\p{Script=${script}}`}]`, 'gu')
  } catch {
    return null
  }
}

function shareIn(text: string, script: RegExp): number {
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  return letters === 0 ? 1 : (text.match(script)?.length ?? 0) / letters
}
