import { type Change, type Kind, pick } from './constraint.ts'
import type { Draft } from './draft.ts'
import { sentencesOf, shuffled } from './sentences.ts'

/** Kinds about words and letters. */

const letters =
  (own: Draft['letters']): Change =>
  (draft) => ({ ...draft, letters: own })

/** The sentence with a word is among them; their number stays. */
const sentenceWith =
  (key: string): Change =>
  (draft, topic, random) => {
    const own = topic.sentences.filter((one) => one.key === key)
    const others = topic.sentences.filter((one) => one.key !== key)
    const rest = sentencesOf(others, draft.sentences.length - own.length, random)
    const sentences = shuffled([...own.map(({ body }) => ({ opener: null, body })), ...rest], random)
    const openers = draft.sentences.map(({ opener }) => opener)
    return {
      ...draft,
      sentences: sentences.map((one, at) => ({ ...one, opener: openers[at] ?? null })),
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
  {
    name: 'change_case:english_lowercase',
    parts: ['letters'],
    draw(_, random) {
      const wanted = random() < 0.5
      const verifier = { kind: 'change_case:english_lowercase', loose: false } as const
      return {
        verifier: wanted ? verifier : { kind: 'not', of: verifier },
        asked: wanted
          ? pick(['Use lowercase only.', 'Use no capitals.', 'Keep every letter small.'], random)
          : pick(['Begin with a capital.', 'Do not use lowercase only.'], random),
        item: wanted ? 'is in lowercase' : 'is not in lowercase',
        keep: letters(wanted ? 'lower' : 'usual'),
      }
    },
  },
  {
    name: 'punctuation:no_comma',
    parts: ['commas'],
    draw(_, random) {
      const none = random() < 0.5
      const verifier = { kind: 'punctuation:no_comma', loose: false } as const
      return {
        verifier: none ? verifier : { kind: 'not', of: verifier },
        asked: none
          ? pick(['Use no commas.', 'Do without commas.'], random)
          : pick(['Use a comma.', 'Put in a comma.'], random),
        item: none ? 'has no comma' : 'has a comma',
        keep: commas(!none),
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
        asked: pick([`Mention "${key}".`, `Say the word "${key}".`], random),
        item: `says "${key}"`,
        keep: sentenceWith(key),
      }
    },
  },
]
