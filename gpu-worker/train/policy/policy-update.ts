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

/** How many groups taught something, and why others didn't; completions without a reward. */
export type GroupCounts = { used: number; nulls: number } & Readonly<Record<SkipReason, number>>

export type PolicyReport = {
  groups: GroupCounts
  /** Null where no group taught anything: nothing was updated. `applied` counts updates, see `UpdateReport`. */
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
 * within each group, a mean over the tokens of each completion, over completions and over the groups that teach something
 * (one that is skipped is no part of the mean, nor held to the reference: as in DAPO's dynamic sampling, arXiv 2503.14476,
 * but that none is drawn in its place); `inner_iterations` updates, whose ratios are to the trainer's own log-probabilities before the first. `reference` are the parameters that
 * the divergence is taken from, null the frozen decoder.
 */
export async function policyUpdate(
  trainer: Trainer,
  groups: readonly RewardedGroup[],
  reference: Float32Array | null,
  settings: PolicyUpdateSettings,
): Promise<PolicyReport> {
  const { used, counts } = advantaged(groups, settings)
  if (used.length === 0) return { groups: counts, update: null }
  const started = performance.now()
  const rolled = groupTrees(used)
  const scored = settings.kl > 0 ? await trainer.score(rolled, reference) : null
  const trees = scored ? withColumn(rolled, 'reference', scored) : rolled

  const first = await trainer.update(trees, lossOf(settings, 'current'))
  // Of the parameters before it: what all later ratios are to.
  const old = first.scores
  let last: UpdateReport = first
  let tokens = first.tokens + (scored ? first.tokens : 0)
  let applied = Number(first.applied)
  const again = settings.inner_iterations > 1 ? withColumn(trees, 'old', old) : trees
  for (let done = 1; done < settings.inner_iterations; done++) {
    last = await trainer.update(again, lossOf(settings, 'given'))
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

/** The groups that teach something, their completions without a reward left out, and counts of all. */
function advantaged(
  groups: readonly RewardedGroup[],
  { advantages: kind }: PolicyUpdateSettings,
): { used: AdvantagedGroup[]; counts: GroupCounts } {
  const counts = { used: 0, nulls: 0, too_few: 0, no_variance: 0, decided: 0 }
  const used: AdvantagedGroup[] = []
  for (const { prompt, samples, rewards, advantages: given } of groups) {
    counts.nulls += rewards.filter((reward) => reward === null).length
    const { advantages, skipped } = given ? ownAdvantages(given) : groupAdvantages(kind, rewards)
    counts[skipped ?? 'used']++
    if (advantages === null) continue
    const completions = samples.flatMap(({ tokens, logprobs }, index) => {
      const advantage = advantages[index] ?? null
      return advantage === null ? [] : [{ tokens, logprobs, advantage }]
    })
    used.push({ prompt, completions })
  }
  return { used, counts }
}

/** Advantages that a method computed itself: a group without any above or below 0 teaches nothing. */
function ownAdvantages(advantages: readonly (number | null)[]): GroupAdvantages {
  const known = advantages.filter((advantage) => advantage !== null)
  if (known.length < 2) return { advantages: null, skipped: 'too_few' }
  if (known.every((advantage) => Math.abs(advantage) < SAME))
    return { advantages: null, skipped: 'no_variance' }
  return { advantages: [...advantages], skipped: null }
}
