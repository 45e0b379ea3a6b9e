import type { LabelledPair, RubricArmSettings } from '../../../shared/protocol/training/rubric-arm.ts'
import type { ArmForm } from '../../../shared/rubric-arm/forms/form.ts'
import { seededRandom } from '../../../shared/statistics/random.ts'
import type { ShownSample } from '../method.ts'
import type { RewardedGroup } from '../policy/policy-update.ts'
import type { Sample, Sampler } from '../sampler.ts'

/** What rollouts of both roles work with; the engine has both as they are now, under their names. */
export type Arm = {
  sampler: Sampler
  settings: RubricArmSettings
  form: ArmForm
  /** Of the fences around texts: what is written within must not depend on it. */
  secret: string
}

/** Completions of one role with their rewards, and what was seen on the way. */
export type Rolled = {
  groups: RewardedGroup[]
  metrics: Record<string, number | null>
  samples: ShownSample[]
  seconds: { rollout: number; reward: number }
}

/** A pair as a judge is shown it, and whom it should name. */
export type Turned = { shown: [string, string]; winner: 'first' | 'second' }

/** Draws the order of a pair: neither role may gain by where the better response stands. */
export function turnedBy(seed: number, { responses: [first, second], winner }: LabelledPair): Turned {
  if (seededRandom(seed)() < 0.5) return { shown: [first, second], winner }
  return { shown: [second, first], winner: winner === 'first' ? 'second' : 'first' }
}

/**
 * The order of the pair in a place of a step: the better responses stand first and second in turn, from a beginning that is
 * drawn. Where most of a step's pairs have it first, a judge learns the letter before it learns anything else.
 */
export function turnedInTurn(seed: number, place: number, pair: LabelledPair): Turned {
  const [first, second] = pair.responses
  const [better, worse] = pair.winner === 'first' ? [first, second] : [second, first]
  const isFirst = (place + (seededRandom(seed)() < 0.5 ? 0 : 1)) % 2 === 0
  return isFirst ? { shown: [better, worse], winner: 'first' } : { shown: [worse, better], winner: 'second' }
}

/** The winner that a judge's completion names; one that was cut off names nobody, as in service. */
export function namedBy(form: ArmForm, { text, finish }: Sample): 'first' | 'second' | null {
  return finish === 'length' ? null : form.winner(text)
}

export const share = (hits: readonly boolean[]): number | null =>
  hits.length === 0 ? null : hits.filter(Boolean).length / hits.length

/** The unbiased estimate of p(1 - p) from draws that are right with chance p; null for fewer than two. */
export function variance(right: readonly boolean[]): number | null {
  const p = share(right)
  return p === null || right.length < 2 ? null : (p * (1 - p) * right.length) / (right.length - 1)
}
