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

/** Asks for something that a response may have. */
function having(
  name: Kind['name'],
  part: keyof Draft,
  of: {
    verifier: VerifierSpec
    asked: readonly [string, ...string[]]
    items: readonly [string, ...string[]]
    set: (draft: Draft, random: Random) => Partial<Draft>
    besides?: Kind['parts']
  },
): Kind {
  return {
    name,
    parts: [part, ...(of.besides ?? [])],
    draw: (_, random) => ({
      verifier: of.verifier,
      asked: pick(of.asked, random),
      item: pick(of.items, random),
      keep: (draft, _topic, stream) => ({ ...draft, ...of.set(draft, stream) }),
    }),
  }
}

export const FORM: readonly Kind[] = [
  having('detectable_format:title', 'title', {
    verifier: { kind: 'detectable_format:title', loose: false },
    asked: ['Give it a <<title>>.', 'Start with a <<title>>.', 'Add a title in angular brackets.'],
    items: ['has a <<title>>', 'has a title', 'begins with a <<title>>'],
    set: (_, random) => ({ title: pick(TITLES, random) }),
  }),
  having('detectable_format:number_highlighted_sections', 'highlighted', {
    verifier: { kind: 'detectable_format:number_highlighted_sections', loose: false, num_highlights: 1 },
    asked: ['Highlight a word like *this*.', 'Mark one word with *stars*.'],
    items: ['has a *highlighted* word', 'highlights a word', 'has a word in *stars*'],
    set: () => ({ highlighted: true }),
  }),
  having('detectable_content:postscript', 'postscript', {
    verifier: { kind: 'detectable_content:postscript', loose: false, postscript_marker: 'P.S.' },
    asked: ['Add a postscript, P.S.', 'Close with a P.S.'],
    items: ['has a P.S.', 'has a postscript', 'ends with a P.S.'],
    set: (_, random) => ({ postscript: pick(POSTSCRIPTS, random) }),
    besides: ['last'],
  }),
  having('detectable_content:number_placeholders', 'placeholder', {
    verifier: { kind: 'detectable_content:number_placeholders', loose: false, num_placeholders: 1 },
    asked: ['Use a placeholder like [time].', 'Leave a gap like [time].'],
    items: ['has a [placeholder]', 'has a placeholder', 'has a gap in [brackets]'],
    set: (_, random) => ({ placeholder: pick(PLACEHOLDERS, random) }),
  }),
  having('detectable_format:multiple_sections', 'section', {
    verifier: {
      kind: 'detectable_format:multiple_sections',
      loose: false,
      section_spliter: 'Part',
      num_sections: 1,
    },
    asked: ['Begin it with Part 1.', 'Call it Part 1.'],
    items: ['has a Part 1', 'begins with Part 1', 'is called Part 1'],
    set: () => ({ section: true }),
  }),
  having('detectable_format:number_bullet_lists', 'bullets', {
    verifier: { kind: 'detectable_format:number_bullet_lists', loose: false, num_bullets: 1 },
    asked: ['Write one bullet point.', 'Begin it with a dash, as a list.'],
    items: ['has a - bullet', 'has a bullet point', 'begins with a dash', 'is a list'],
    set: ({ sentences }) => ({ bullets: true, sentences: sentences.slice(0, 1) }),
    besides: ['sentences'],
  }),
  having('startend:quotation', 'quoted', {
    verifier: { kind: 'startend:quotation', loose: false },
    asked: ['Wrap it in double quotes.', 'Put it all in quotation marks.'],
    items: ['is in "double quotes"', 'is in quotes', 'is in quotation marks'],
    set: () => ({ quoted: true }),
  }),
  {
    name: 'startend:end_checker',
    parts: ['ending', 'last'],
    draw(_, random) {
      const wanted = pick(ENDINGS, random)
      return {
        verifier: { kind: 'startend:end_checker', loose: false, end_phrase: wanted },
        asked: pick([`End with "${wanted}"`, `Finish on "${wanted}"`], random),
        item: `ends with "${wanted}"`,
        keep: (draft) => ({ ...draft, ending: wanted, postscript: null }),
      }
    },
  },
]
