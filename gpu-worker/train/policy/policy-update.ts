import type { PolicySettings } from '../../../shared/protocol/training/policy.ts'
import {
  type GroupAdvantages,
  groupAdvantages,
  SAME,
  type SkipReason,
} from '../../../shared/reward/advantages.ts'
import type { Loss } from '../loss.ts'
import type { Sample } from '../sampler.ts'
import type { Trainer, UpdateReport } from '../trainer.ts'
import { type AdvantagedGroup, groupTrees, withColumn } from './group-trees.ts'
import { type PolicyMeasures, policyMeasures } from './policy-measures.ts'

/** The completions of one prompt, what each earned (null: nobody could say), and the prompt's tokens. */
export type RewardedGroup = {
  prompt: readonly number[]
  samples: readonly Pick<Sample, 'tokens' | 'logprobs'>[]
  rewards: readonly (number | null)[]
  /** In the place of those that the settings name. */
  advantages?: readonly (number | null)[]
}

/** How many groups have advantages, and why others have none; completions without a reward. */
export type GroupCounts = { used: number; nulls: number } & Readonly<Record<SkipReason, number>>

export type PolicyReport = {
  groups: GroupCounts
  /** Null where no group was to move the policy: nothing was updated. `applied` counts updates, see `UpdateReport`. */
  update:
    | ({ applied: number } & Pick<
        UpdateReport,
        'loss' | 'gradientNorm' | 'learningRate' | 'tokens' | 'seconds'
      > &
        PolicyMeasures)
    | null
}

export type PolicyUpdateSettings = Pick<
  PolicySettings,
  'advantages' | 'inner_iterations' | 'clip_low' | 'clip_high' | 'kl' | 'truncation'
>

/**
 * One step of GRPO (systems.md 1.2) on completions that were just rolled out with the trainer's parameters: advantages
 * within each group, a mean over the tokens of each completion, over completions and over groups; `inner_iterations`
 * updates, whose ratios are to the trainer's own log-probabilities before the first. `reference` are the parameters that
 * the divergence is taken from, null the frozen decoder.
 *
 * A group without variance is part of that mean, with advantages of 0: where one group of sixteen differs, its gradient
 * is a sixteenth. It is held to the reference like the others, and computed only where `kl` is above 0. No part of the mean
 * are groups that BRPO drops, since its dynamic sampling takes them out of the batch (systems.md 3.5), and those with
 * fewer than two rewards, of which nothing is known: a failure must not make the rest count for less.
 *
 * `planned` counts the steps of the run before this one, updated or not: a schedule goes by them.
 */
export async function policyUpdate(
  trainer: Trainer,
  groups: readonly RewardedGroup[],
  reference: Float32Array | null,
  settings: PolicyUpdateSettings,
  planned?: number,
): Promise<PolicyReport> {
  const { used, flat, counts } = advantaged(groups, settings)
  const moving = settings.kl > 0 ? [...used, ...flat] : used
  if (moving.length === 0) return { groups: counts, update: null }
  const started = performance.now()
  const rolled = groupTrees(moving, used.length + flat.length)
  const placeOf = (done: number) =>
    planned === undefined ? undefined : planned * settings.inner_iterations + done
  const scored = settings.kl > 0 ? await trainer.score(rolled, reference) : null
  const trees = scored ? withColumn(rolled, 'reference', scored) : rolled

  const first = await trainer.update(trees, lossOf(settings, 'current'), placeOf(0))
  // Of the parameters before it: what all later ratios are to.
  const old = first.scores
  let last: UpdateReport = first
  let tokens = first.tokens + (scored ? first.tokens : 0)
  let applied = Number(first.applied)
  const again = settings.inner_iterations > 1 ? withColumn(trees, 'old', old) : trees
  for (let done = 1; done < settings.inner_iterations; done++) {
    last = await trainer.update(again, lossOf(settings, 'given'), placeOf(done))
    tokens += last.tokens
    applied += Number(last.applied)
  }
  return {
    groups: counts,
    update: {
      applied,
      loss: first.loss,
      gradientNorm: first.gradientNorm,
      learningRate: last.learningRate,
      tokens,
      seconds: (performance.now() - started) / 1000,
      ...policyMeasures({ trees, old, reference: scored, last: last.scores, settings }),
    },
  }
}

function lossOf(
  { clip_low, clip_high, kl, truncation }: PolicyUpdateSettings,
  old: 'current' | 'given',
): Loss {
  return { kind: 'policy', clip: { low: clip_low, high: clip_high }, kl, truncation, old }
}

/** Groups with advantages and those without variance, their completions without a reward left out, and counts of all. */
function advantaged(
  groups: readonly RewardedGroup[],
  { advantages: kind }: PolicyUpdateSettings,
): { used: AdvantagedGroup[]; flat: AdvantagedGroup[]; counts: GroupCounts } {
  const counts = { used: 0, nulls: 0, too_few: 0, no_variance: 0, decided: 0 }
  const used: AdvantagedGroup[] = []
  const flat: AdvantagedGroup[] = []
  for (const { prompt, samples, rewards, advantages: given } of groups) {
    counts.nulls += rewards.filter((reward) => reward === null).length
    const { advantages, skipped } = given ? ownAdvantages(given) : groupAdvantages(kind, rewards)
    counts[skipped ?? 'used']++
    if (skipped === 'too_few' || skipped === 'decided') continue
    const known = advantages ?? (given ?? rewards).map((value) => (value === null ? null : 0))
    const completions = samples.flatMap(({ tokens, logprobs }, index) => {
      const advantage = known[index] ?? null
      return advantage === null ? [] : [{ tokens, logprobs, advantage }]
    })
    const into = skipped === null ? used : flat
    into.push({ prompt, completions })
  }
  return { used, flat, counts }
}

/** Advantages that a method computed itself: a group without any above or below 0 teaches nothing. */
function ownAdvantages(advantages: readonly (number | null)[]): GroupAdvantages {
  const known = advantages.filter((advantage) => advantage !== null)
  if (known.length < 2) return { advantages: null, skipped: 'too_few' }
  if (known.every((advantage) => Math.abs(advantage) < SAME))
    return { advantages: null, skipped: 'no_variance' }
  return { advantages: [...advantages], skipped: null }
}
