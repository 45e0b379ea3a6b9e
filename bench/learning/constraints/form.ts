import type { Random } from '../../../shared/statistics/random.ts'
import type { VerifierSpec } from '../../../shared/verify/verifiers.ts'
import { type Change, type Kind, pick } from './constraint.ts'
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

/** What may be there or not, and is asked for or ruled out: neither is more often right than the other. */
function present(
  name: Kind['name'] & VerifierSpec['kind'],
  parts: Kind['parts'],
  of: {
    verifier: VerifierSpec
    wanted: readonly [string, ...string[]]
    unwanted: readonly [string, ...string[]]
    items: { wanted: string; unwanted: string }
    set: (draft: Draft, random: Random) => Draft
    unset: (draft: Draft) => Draft
  },
): Kind {
  const set: Change = (draft, _, random) => of.set(draft, random)
  return {
    name,
    parts,
    draw(_, random) {
      const wanted = random() < 0.5
      return wanted
        ? {
            verifier: of.verifier,
            asked: pick(of.wanted, random),
            item: of.items.wanted,
            keep: set,
            fail: of.unset,
          }
        : {
            verifier: { kind: 'not', of: of.verifier },
            asked: pick(of.unwanted, random),
            item: of.items.unwanted,
            keep: of.unset,
            fail: set,
          }
    },
  }
}

export const FORM: readonly Kind[] = [
  present('detectable_format:title', ['title'], {
    verifier: { kind: 'detectable_format:title', loose: false },
    wanted: [
      'Give it a title in double angular brackets.',
      'Start with a <<title>>.',
      'It needs a <<title>>.',
    ],
    unwanted: ['Give it no title in brackets.', 'Leave out any <<title>>.', 'It needs no <<title>>.'],
    items: { wanted: 'has a <<title>>', unwanted: 'has no <<title>>' },
    set: (draft, random) => ({ ...draft, title: pick(TITLES, random) }),
    unset: (draft) => ({ ...draft, title: null }),
  }),
  present('detectable_format:number_highlighted_sections', ['highlighted'], {
    verifier: { kind: 'detectable_format:number_highlighted_sections', loose: false, num_highlights: 1 },
    wanted: ['Put a part between *stars*.', 'Highlight a word like *this*.', 'Mark one word with *stars*.'],
    unwanted: [
      'Put nothing between *stars*.',
      'Highlight no word like *this*.',
      'Mark no word with *stars*.',
    ],
    items: { wanted: 'has a *highlighted* part', unwanted: 'has no *highlighted* part' },
    set: (draft) => ({ ...draft, highlighted: true }),
    unset: (draft) => ({ ...draft, highlighted: false }),
  }),
  present('detectable_content:postscript', ['postscript', 'last'], {
    verifier: { kind: 'detectable_content:postscript', loose: false, postscript_marker: 'P.S.' },
    wanted: ['Add a postscript that begins with P.S.', 'Close with a P.S.', 'There should be a P.S.'],
    unwanted: ['Do not add a P.S.', 'Leave out any P.S.', 'There should be no P.S.'],
    items: { wanted: 'has a P.S.', unwanted: 'has no P.S.' },
    set: (draft, random) => ({ ...draft, postscript: pick(POSTSCRIPTS, random) }),
    unset: (draft) => ({ ...draft, postscript: null }),
  }),
  present('detectable_content:number_placeholders', ['placeholder'], {
    verifier: { kind: 'detectable_content:number_placeholders', loose: false, num_placeholders: 1 },
    wanted: ['Use a placeholder such as [time].', 'Leave a gap like [time] to fill in.'],
    unwanted: ['Use no placeholder such as [time].', 'Leave no gap like [time] to fill in.'],
    items: { wanted: 'has a [placeholder]', unwanted: 'has no [placeholder]' },
    set: (draft, random) => ({ ...draft, placeholder: pick(PLACEHOLDERS, random) }),
    unset: (draft) => ({ ...draft, placeholder: null }),
  }),
  present('startend:quotation', ['quoted'], {
    verifier: { kind: 'startend:quotation', loose: false },
    wanted: ['Wrap it all in double quotes.', 'Put the whole text in double quotation marks.'],
    unwanted: ['Do not wrap it in double quotes.', 'Put no quotation marks around the text.'],
    items: { wanted: 'is in double quotes', unwanted: 'is not in double quotes' },
    set: (draft) => ({ ...draft, quoted: true }),
    unset: (draft) => ({ ...draft, quoted: false }),
  }),
  {
    name: 'startend:end_checker',
    parts: ['ending', 'last'],
    draw(_, random) {
      const wanted = pick(ENDINGS, random)
      const others = ENDINGS.filter((ending) => ending !== wanted)
      return {
        verifier: { kind: 'startend:end_checker', loose: false, end_phrase: wanted },
        asked: pick(
          [`End with "${wanted}"`, `The last words are "${wanted}"`, `Finish on "${wanted}"`],
          random,
        ),
        item: `ends with "${wanted}"`,
        keep: (draft) => ({ ...draft, ending: wanted, postscript: null }),
        fail: (draft, _topic, stream) => ({ ...draft, ending: pick(others, stream), postscript: null }),
      }
    },
  },
]
