import type { Random } from '../../../shared/statistics/random.ts'
import type { VerifierSpec } from '../../../shared/verify/verifiers.ts'
import { type Kind, pick } from './constraint.ts'
import type { Draft } from './draft.ts'

/** Kinds about what stands around the sentences. */

export const ENDINGS = [
  'That is all.',
  'See you there.',
  'Nothing else matters.',
  'Ask me for more.',
] as const
export const POSTSCRIPTS = ['Come back soon', 'Bring a friend', 'Tell nobody'] as const
export const TITLES = ['First Impressions', 'A Short Visit', 'What I Saw', 'Good Company'] as const
export const PLACEHOLDERS = ['[name]', '[date]', '[address]'] as const

/** What a response may have, and how it looks with and without. */
type Feature = {
  part: keyof Draft
  set: (draft: Draft, random: Random) => Draft
  unset: (draft: Draft) => Draft
  has: (draft: Draft) => boolean
}

const FEATURES = {
  title: {
    part: 'title',
    set: (draft, random) => ({ ...draft, title: pick(TITLES, random) }),
    unset: (draft) => ({ ...draft, title: null }),
    has: ({ title }) => title !== null,
  },
  highlighted: {
    part: 'highlighted',
    set: (draft) => ({ ...draft, highlighted: true }),
    unset: (draft) => ({ ...draft, highlighted: false }),
    has: ({ highlighted }) => highlighted,
  },
  postscript: {
    part: 'postscript',
    set: (draft, random) => ({ ...draft, postscript: pick(POSTSCRIPTS, random) }),
    unset: (draft) => ({ ...draft, postscript: null }),
    has: ({ postscript }) => postscript !== null,
  },
  placeholder: {
    part: 'placeholder',
    set: (draft, random) => ({ ...draft, placeholder: pick(PLACEHOLDERS, random) }),
    unset: (draft) => ({ ...draft, placeholder: null }),
    has: ({ placeholder }) => placeholder !== null,
  },
  section: {
    part: 'section',
    set: (draft) => ({ ...draft, section: true }),
    unset: (draft) => ({ ...draft, section: false }),
    has: ({ section }) => section,
  },
  bullets: {
    part: 'bullets',
    set: (draft) => ({ ...draft, bullets: true, sentences: draft.sentences.slice(0, 1) }),
    unset: (draft) => ({ ...draft, bullets: false }),
    has: ({ bullets }) => bullets,
  },
  quoted: {
    part: 'quoted',
    set: (draft) => ({ ...draft, quoted: true }),
    unset: (draft) => ({ ...draft, quoted: false }),
    has: ({ quoted }) => quoted,
  },
} as const satisfies Record<string, Feature>

/**
 * Asks for a feature. Who fails has another that nobody asked for in its place: each is as often in the better response
 * as in the worse one, and what was asked for alone tells which is which.
 */
function having(
  name: Kind['name'],
  feature: keyof typeof FEATURES,
  of: {
    verifier: VerifierSpec
    asked: readonly [string, ...string[]]
    item: string
    besides?: Kind['parts']
  },
): Kind {
  const { part, set, unset }: Feature = FEATURES[feature]
  return {
    name,
    parts: [part, ...(of.besides ?? [])],
    draw: (_, random) => ({
      verifier: of.verifier,
      asked: pick(of.asked, random),
      item: of.item,
      keep: (draft, _topic, stream) => set(draft, stream),
      fail(draft, _topic, stream) {
        const without = unset(draft)
        const others = Object.values<Feature>(FEATURES).filter(
          (one) => one.part !== part && !one.has(without),
        )
        return others.length === 0 ? without : pick(others, stream).set(without, stream)
      },
    }),
  }
}

export const FORM: readonly Kind[] = [
  having('detectable_format:title', 'title', {
    verifier: { kind: 'detectable_format:title', loose: false },
    asked: ['Give it a <<title>>.', 'Start with a <<title>>.', 'Add a title in angular brackets.'],
    item: 'has a <<title>>',
  }),
  having('detectable_format:number_highlighted_sections', 'highlighted', {
    verifier: { kind: 'detectable_format:number_highlighted_sections', loose: false, num_highlights: 1 },
    asked: ['Highlight a word like *this*.', 'Mark one word with *stars*.'],
    item: 'has a *highlighted* word',
  }),
  having('detectable_content:postscript', 'postscript', {
    verifier: { kind: 'detectable_content:postscript', loose: false, postscript_marker: 'P.S.' },
    asked: ['Add a postscript, P.S.', 'Close with a P.S.'],
    item: 'has a P.S.',
    besides: ['last'],
  }),
  having('detectable_content:number_placeholders', 'placeholder', {
    verifier: { kind: 'detectable_content:number_placeholders', loose: false, num_placeholders: 1 },
    asked: ['Use a placeholder like [time].', 'Leave a gap like [time].'],
    item: 'has a [placeholder]',
  }),
  having('detectable_format:multiple_sections', 'section', {
    verifier: {
      kind: 'detectable_format:multiple_sections',
      loose: false,
      section_spliter: 'Part',
      num_sections: 1,
    },
    asked: ['Begin it with Part 1.', 'Call it Part 1.'],
    item: 'has a Part 1',
  }),
  having('detectable_format:number_bullet_lists', 'bullets', {
    verifier: { kind: 'detectable_format:number_bullet_lists', loose: false, num_bullets: 1 },
    asked: ['Write one bullet point.', 'Begin it with a dash, as a list.'],
    item: 'has a - bullet',
    besides: ['sentences'],
  }),
  having('startend:quotation', 'quoted', {
    verifier: { kind: 'startend:quotation', loose: false },
    asked: ['Wrap it in double quotes.', 'Put it all in quotation marks.'],
    item: 'is in "double quotes"',
  }),
  {
    name: 'startend:end_checker',
    parts: ['ending', 'last'],
    draw(_, random) {
      const wanted = pick(ENDINGS, random)
      const others = ENDINGS.filter((ending) => ending !== wanted)
      return {
        verifier: { kind: 'startend:end_checker', loose: false, end_phrase: wanted },
        asked: pick([`End with "${wanted}"`, `Finish on "${wanted}"`], random),
        item: `ends with "${wanted}"`,
        keep: (draft) => ({ ...draft, ending: wanted, postscript: null }),
        fail: (draft, _topic, stream) => ({ ...draft, ending: pick(others, stream), postscript: null }),
      }
    },
  },
]
