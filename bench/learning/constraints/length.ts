import type { Random } from '../../../shared/statistics/random.ts'
import { type Change, type Kind, pick } from './constraint.ts'
import { sentencesOf } from './sentences.ts'

/** Kinds about how much there is. */

const NUMBERS = ['no', 'one', 'two', 'three', 'four', 'five'] as const

/** So many sentences, of which none was asked for. */
const counted =
  (count: (random: Random) => number, bullets?: boolean): Change =>
  (draft, topic, random) => {
    const wanted = count(random)
    const more = sentencesOf(
      topic.sentences.filter(({ body }) => draft.sentences.every((one) => one.body !== body)),
      Math.max(0, wanted - draft.sentences.length),
      random,
    )
    const sentences = [...draft.sentences, ...more].slice(0, wanted)
    return { ...draft, sentences, bullets: bullets ?? draft.bullets }
  }

const either = (...counts: readonly number[]) => counted((random) => pick(counts, random))

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
          num_sentences: 3,
          relation: least ? 'at least' : 'less than',
        },
        asked: least
          ? pick(['Write at least three sentences.', 'Use three sentences or more.'], random)
          : pick(['Write fewer than three sentences.', 'Use no more than two sentences.'], random),
        item: least ? 'has at least three sentences' : 'has fewer than three sentences',
        keep: least ? either(3, 4) : either(1, 2),
        fail: least ? either(1, 2) : either(3, 4),
      }
    },
  },
  {
    name: 'length_constraints:number_words',
    parts: ['sentences'],
    draw(_, random) {
      const least = random() < 0.5
      return {
        verifier: {
          kind: 'length_constraints:number_words',
          loose: false,
          num_words: 18,
          relation: least ? 'at least' : 'less than',
        },
        asked: least
          ? pick(['Write at least 18 words.', 'Use 18 words or more.'], random)
          : pick(['Write fewer than 18 words.', 'Stay below 18 words.'], random),
        item: least ? 'has at least 18 words' : 'has fewer than 18 words',
        keep: least ? either(3, 4) : either(1, 2),
        fail: least ? either(1, 2) : either(3, 4),
      }
    },
  },
  {
    name: 'detectable_format:number_bullet_lists',
    parts: ['sentences', 'bullets'],
    draw(_, random) {
      const count = pick([2, 3, 4], random)
      const exactly = (number: number) => counted(() => number, true)
      return {
        verifier: { kind: 'detectable_format:number_bullet_lists', loose: false, num_bullets: count },
        asked: pick(
          [
            `Write exactly ${NUMBERS[count]} bullet points.`,
            `Use a list of ${NUMBERS[count]} bullets.`,
            `Give ${NUMBERS[count]} points that each begin with a dash.`,
          ],
          random,
        ),
        item: `has exactly ${NUMBERS[count]} bullets`,
        keep: exactly(count),
        fail: (draft, topic, stream) => exactly(count + pick([-1, 1], stream))(draft, topic, stream),
      }
    },
  },
]
