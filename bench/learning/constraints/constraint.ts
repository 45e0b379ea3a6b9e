import type { Random } from '../../../shared/statistics/random.ts'
import type { VerifierSpec } from '../../../shared/verify/verifiers.ts'
import type { Draft } from './draft.ts'
import type { Topic } from './topics.ts'

/** Sets what a constraint is about, and leaves the rest of a draft as it is. */
export type Change = (draft: Draft, topic: Topic, random: Random) => Draft

/** One demand of a request. */
export type Constraint = {
  kind: KindName
  verifier: VerifierSpec
  /** What the request says, a sentence. */
  asked: string
  /** What a rubric may say of a response that meets it: goes on from 'The response'. */
  item: string
  /** Makes a draft meet it. */
  keep: Change
}

/** IFEval's instruction that it is, or is the contrary of. */
export type KindName = (typeof KIND_NAMES)[number]
export const KIND_NAMES = [
  'change_case:english_lowercase',
  'punctuation:no_comma',
  'keywords:existence',
  'length_constraints:number_sentences',
  'detectable_format:number_bullet_lists',
  'detectable_format:title',
  'detectable_format:multiple_sections',
  'detectable_format:number_highlighted_sections',
  'detectable_content:postscript',
  'detectable_content:number_placeholders',
  'startend:end_checker',
  'startend:quotation',
] as const

/** A kind of constraint. */
export type Kind = {
  name: KindName
  /** Parts of a draft that it is about: two constraints of a request have none in common. */
  parts: readonly (keyof Draft | 'last')[]
  draw(topic: Topic, random: Random): Omit<Constraint, 'kind'>
}

export function pick<T>(values: readonly [T, ...T[]] | readonly T[], random: Random): T {
  const value = values[Math.floor(random() * values.length)]
  if (value === undefined) throw new RangeError('there is nothing to pick from')
  return value
}
