/**
 * What a criterion says of the response: a place on a scale, from `least` to `most`. Two claims about one matter
 * exclude each other where no place is in both.
 */
export type Claim = { about: string; least: number; most: number; says: string }

/** Longest text that is read: a criterion that long says more than one thing. */
const LONGEST = 200

/** Qualities that a whole response has one of, by the words that state them. */
const QUALITIES: Record<string, string[][]> = {
  length: [
    ['short', 'brief', 'terse'],
    ['long', 'lengthy'],
  ],
  register: [['formal'], ['informal', 'casual', 'colloquial']],
  format: [['json'], ['xml'], ['yaml'], ['html'], ['csv']],
  language: ['english', 'french', 'german', 'spanish', 'italian', 'portuguese', 'dutch', 'russian']
    .concat(['chinese', 'japanese', 'korean', 'arabic', 'hindi', 'turkish', 'polish'])
    .map((language) => [language]),
}

/** Words that may stand beside a quality without narrowing down what it is said of. */
const FILLER = new Set(
  (
    'a an the this response answer reply text output it its is are be should must written in entirely ' +
    'whole entire overall tone style register language length format valid'
  ).split(' '),
)

/** Words that may stand beside a bound, too: what holds 50 words in all may hold no 500. */
const BOUND_FILLER = new Set([...FILLER, ...'has have contains uses takes long of'.split(' ')])

/** The quality that a text says the whole response has; null where it says anything more, or less. */
export function qualityOf(text: string): Claim | null {
  const words = plainWords(text)
  const found = Object.entries(QUALITIES).flatMap(([about, poles]) =>
    poles.flatMap((pole, place) => {
      const word = words.find((one) => pole.includes(one))
      return word === undefined ? [] : [{ pole, claim: { about, least: place, most: place, says: word } }]
    }),
  )
  const [only, ...more] = found
  if (!only || more.length > 0) return null
  return words.every((word) => FILLER.has(word) || only.pole.includes(word)) ? only.claim : null
}

const BOUND =
  /\b(at least|at most|no more than|no fewer than|no less than|fewer than|less than|more than|under|over|exactly)\s+(\d{1,9})\s+(words?|characters?|lines?|sentences?|paragraphs?)\b/i

/** What a number of words in a bound leaves: the least and the most that there may be. */
const RANGES: Record<string, (count: number) => [least: number, most: number]> = {
  'at least': (count) => [count, Infinity],
  'no fewer than': (count) => [count, Infinity],
  'no less than': (count) => [count, Infinity],
  'more than': (count) => [count + 1, Infinity],
  over: (count) => [count + 1, Infinity],
  'at most': (count) => [0, count],
  'no more than': (count) => [0, count],
  'fewer than': (count) => [0, count - 1],
  'less than': (count) => [0, count - 1],
  under: (count) => [0, count - 1],
  exactly: (count) => [count, count],
}

/** The bound that a text sets to the length of the whole response; null where it says anything more, or less. */
export function boundOf(text: string): Claim | null {
  if (plainWords(text).length === 0) return null
  const [match, words = '', number = '', unit = ''] = BOUND.exec(text) ?? []
  const range = RANGES[words.toLowerCase()]
  if (match === undefined || !range) return null
  const rest = plainWords(text.replace(match, ' '))
  if (!rest.every((word) => BOUND_FILLER.has(word))) return null
  const [least, most] = range(Number(number))
  return { about: unit.toLowerCase().replace(/s$/, ''), least, most, says: match.toLowerCase() }
}

/** Words that let a denial and what it denies both hold: a choice, a condition, a degree. */
const LOOPHOLES = new Set(
  'or either unless except if when whenever where while only just merely simply solely necessarily need'.split(
    ' ',
  ),
)

const SUBJECT =
  /^(?:(?:the|this) )?(?:(?:response|answer|reply|text|output|it) )?(?:(?:should|must|shall|will|does|do) )?/
const DENIED = /^(?:not|never|avoids?) /

/** A statement as said or denied of the response. Only a "not" at its verb denies it: elsewhere it may belong to a part. */
export function denialOf(text: string): Claim | null {
  const words = plainWords(text)
  if (words.length < 2 || words.some((word) => LOOPHOLES.has(word))) return null
  const spoken = words.join(' ').replace(SUBJECT, '')
  const denied = DENIED.test(spoken)
  const [verb = '', ...rest] = spoken.replace(DENIED, '').split(' ')
  const inner = rest[0] === 'not' || rest[0] === 'no'
  const said = inner ? rest.slice(1) : rest
  if (said.length === 0 || (stemOfVerb(verb) === 'have' && said[0] === 'to')) return null
  const place = denied === inner ? 1 : 0
  const shown = text.length <= 80 ? text : `${text.slice(0, 79)}…`
  return { about: `${stemOfVerb(verb)} ${said.join(' ')}`, least: place, most: place, says: `"${shown}"` }
}

const IRREGULAR: Record<string, string> = { is: 'be', are: 'be', be: 'be', has: 'have', have: 'have' }

/** One form of a verb for all of it: "uses", "use" and "using". */
const stemOfVerb = (verb: string) =>
  Object.hasOwn(IRREGULAR, verb) ? (IRREGULAR[verb] ?? verb) : verb.replace(/(?:ing|es|s|e)$/, '')

/** What is not made of words alone: "C" is not "C++". */
const UNREAD = /[^\p{L}\p{M}\p{N}\s.,;:!?'’"()-]/u

/** The words of a short text in lower case, "doesn't" as "does not"; none of a long one or one that holds symbols. */
function plainWords(text: string): string[] {
  if (text.length > LONGEST || UNREAD.test(text)) return []
  const spread = text
    .toLowerCase()
    .replaceAll('’', "'")
    .replace(/\bcannot\b/g, 'can not')
    .replace(/n't\b/g, ' not')
  return spread.match(/[\p{L}\p{N}]+(?:['-][\p{L}\p{N}]+)*/gu) ?? []
}
