import { type Change, type Kind, pick } from './constraint.ts'
import type { Draft } from './draft.ts'
import { sentencesOf, shuffled } from './sentences.ts'

/** Kinds about words and letters. */

const letters =
  (...choices: readonly Draft['letters'][]): Change =>
  (draft, _, random) => ({ ...draft, letters: pick(choices, random) })

type Wording = {
  wanted: readonly string[]
  unwanted: readonly string[]
  items: { wanted: string; unwanted: string }
}

/** All letters in one case, or not: neither is more often right than the other. */
function cased(
  name: 'change_case:english_lowercase' | 'change_case:english_capital',
  own: 'lower' | 'upper',
  other: 'lower' | 'upper',
  wording: Wording,
): Kind {
  const [are, arent] = [letters(own), letters('usual', other)]
  return {
    name,
    parts: ['letters'],
    draw(_, random) {
      const verifier = { kind: name, loose: false } as const
      const how = random() < 0.5 ? 'wanted' : 'unwanted'
      return {
        verifier: how === 'wanted' ? verifier : { kind: 'not', of: verifier },
        asked: pick(wording[how], random),
        item: wording.items[how],
        ...(how === 'wanted' ? { keep: are, fail: arent } : { keep: arent, fail: are }),
      }
    },
  }
}

/** The sentence with a word is among them, or is not; their number stays. */
const sentenceWith =
  (key: string, wanted: boolean): Change =>
  (draft, topic, random) => {
    const others = topic.sentences.filter((one) => one.key !== key)
    const [first = null, ...rest] = sentencesOf(others, draft.sentences.length, random)
    const own = topic.sentences.find((one) => one.key === key)
    const sentences =
      wanted && own ? shuffled([{ opener: null, body: own.body }, ...rest], random) : [first, ...rest]
    const openers = draft.sentences.map(({ opener }) => opener)
    return {
      ...draft,
      sentences: sentences.flatMap((one, at) => (one ? [{ ...one, opener: openers[at] ?? null }] : [])),
    }
  }

const commas =
  (wanted: boolean): Change =>
  (draft, topic, random) => {
    const [first, ...rest] = draft.sentences
    if (!first) return draft
    const opener = first.opener ?? pick(topic.openers, random)
    return { ...draft, commas: wanted, sentences: [{ ...first, opener }, ...rest] }
  }

export const WORDS: readonly Kind[] = [
  cased('change_case:english_lowercase', 'lower', 'upper', {
    wanted: [
      'Use lowercase letters only.',
      'Do not use any capital letters.',
      'Keep every letter small, even at the start of a sentence.',
      'Leave the shift key alone: nothing in capitals.',
    ],
    unwanted: ['Do not write it all in lowercase.', 'It must not be in small letters alone.'],
    items: { wanted: 'is all in lowercase', unwanted: 'is not all in lowercase' },
  }),
  cased('change_case:english_capital', 'upper', 'lower', {
    wanted: [
      'Use capital letters only.',
      'Write everything in capitals.',
      'Every letter has to be upper case.',
      'Type it all with caps lock on.',
    ],
    unwanted: ['Do not write it all in capitals.', 'It must not be in capital letters alone.'],
    items: { wanted: 'is all in capitals', unwanted: 'is not all in capitals' },
  }),
  {
    name: 'punctuation:no_comma',
    parts: ['commas'],
    draw(_, random) {
      const none = random() < 0.5
      const verifier = { kind: 'punctuation:no_comma', loose: false } as const
      return {
        verifier: none ? verifier : { kind: 'not', of: verifier },
        asked: none
          ? pick(['Use no commas.', 'Do without commas.', 'There must not be a comma in it.'], random)
          : pick(['Use a comma.', 'There has to be a comma in it.', 'Put in at least one comma.'], random),
        item: none ? 'has no comma' : 'has a comma',
        keep: commas(!none),
        fail: commas(none),
      }
    },
  },
  {
    name: 'keywords:existence',
    parts: ['sentences'],
    draw(topic, random) {
      const { key } = pick(topic.sentences, random)
      return {
        verifier: { kind: 'keywords:existence', loose: false, keywords: [key] },
        asked: pick(
          [`Mention the word "${key}".`, `Include the word "${key}".`, `The word "${key}" has to appear.`],
          random,
        ),
        item: `says "${key}"`,
        keep: sentenceWith(key, true),
        fail: sentenceWith(key, false),
      }
    },
  },
  {
    name: 'keywords:forbidden_words',
    parts: ['sentences'],
    draw(topic, random) {
      const { key } = pick(topic.sentences, random)
      return {
        verifier: { kind: 'keywords:forbidden_words', loose: false, forbidden_words: [key] },
        asked: pick(
          [`Avoid the word "${key}".`, `Do not say "${key}".`, `The word "${key}" must not appear.`],
          random,
        ),
        item: `does not say "${key}"`,
        keep: sentenceWith(key, false),
        fail: sentenceWith(key, true),
      }
    },
  },
]
