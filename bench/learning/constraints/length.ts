import { type Change, type Kind, pick } from './constraint.ts'
import { sentencesOf } from './sentences.ts'

/** Kinds about how much there is. */

/** So many sentences, of which none was asked for. */
const exactly =
  (wanted: number): Change =>
  (draft, topic, random) => {
    const more = sentencesOf(
      topic.sentences.filter(({ body }) => draft.sentences.every((one) => one.body !== body)),
      Math.max(0, wanted - draft.sentences.length),
      random,
    )
    const sentences = [...draft.sentences, ...more].slice(0, wanted)
    return { ...draft, sentences, bullets: false }
  }

export const LENGTH: readonly Kind[] = [
  {
    name: 'length_constraints:number_sentences',
    parts: ['sentences', 'bullets', 'ending', 'postscript', 'placeholder'],
    draw(_, random) {
      const least = random() < 0.5
      return {
        verifier: {
          kind: 'length_constraints:number_sentences',
          loose: false,
          num_sentences: 2,
          relation: least ? 'at least' : 'less than',
        },
        asked: least
          ? pick(['Write more than one sentence.', 'Use at least two sentences.'], random)
          : pick(['Write a single sentence.', 'Use no more than one sentence.'], random),
        item: least ? 'has two sentences' : 'has one sentence',
        keep: exactly(least ? 2 : 1),
      }
    },
  },
]
