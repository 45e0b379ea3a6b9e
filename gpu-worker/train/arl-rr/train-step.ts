import {
  classRewards,
  normalisedRewards,
  overallRewards,
  type RewardVector,
  scalarRewards,
} from '../../../shared/arl-rr/objectives.ts'
import { isMasked } from '../../../shared/classes/class-scores.ts'
import { toMessages } from '../../../shared/protocol/message.ts'
import type { ArlRrExample } from '../../../shared/protocol/training/arl-rr.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { drawn } from '../examples/draws.ts'
import { refuseNothing } from '../judging/refuse-nothing.ts'
import type { ShownSample, StepReport } from '../method.ts'
import { syncPolicy } from '../policy/policy.ts'
import { policyMetrics, policyNotes } from '../policy/policy-metrics.ts'
import { policyUpdate, type RewardedGroup } from '../policy/policy-update.ts'
import { classMetrics } from './class-metrics.ts'
import { type Completions, complete } from './completions.ts'
import type { ArlRrParts } from './parts.ts'

/** What a step trains on: one meta-class, or the objective of a baseline, by its name, and the prompts that have it. */
export type Target = { name: string; metaClass: string | null; pool: readonly ArlRrExample[] }

export type TrainStep = Pick<StepReport, 'metrics' | 'samples' | 'seconds'> & {
  notes: string[]
  completions: number
}

/** Of a run's seeds: those of the order of prompts, and of rollouts. */
const ORDER = 0
const ROLLOUT = 1
/** Completions that a report shows. */
const SHOWN = 2

/**
 * One update on the next prompts of the target's pool, and the engine handed what came of it. `from` is how many of them
 * were taken before, `draw` a number that no other rollout of the run has, `planned` the steps' worth of the budget that
 * is spent. Throws `not_scored` where nothing at all could be rewarded: that is a failure outside, from which nothing is
 * learnt.
 */
export async function trainStep(
  parts: ArlRrParts,
  { metaClass, pool }: Target,
  { from, draw, planned }: { from: number; draw: number; planned: number },
  signal: AbortSignal,
): Promise<TrainStep> {
  const { settings, policy, reference } = parts
  const { seed, prompts, group_size: count, temperature } = settings
  const examples = drawn(pool, { seed: derivedSeed(seed, ORDER), from, count: prompts })
  const how = { count, temperature, seed: derivedSeed(seed, ROLLOUT, draw) }
  const completions = await complete(parts, examples, how, signal)
  const rewards = completions.vectors.map((group) => rewardsOf(parts, metaClass, group))
  refuseNothing(rewards.flat(), whyNull(completions))

  const started = performance.now()
  const report = await policyUpdate(
    policy.trainer,
    groupsOf(parts, completions, rewards),
    reference,
    settings,
    planned,
  )
  if (report.update !== null) await syncPolicy(policy)
  return {
    metrics: {
      ...classMetrics(completions, rewards, parts.weights),
      ...policyMetrics(report),
    },
    samples: shown(completions, rewards),
    notes: policyNotes(policy.role, report),
    seconds: { ...completions.seconds, update: (performance.now() - started) / 1000 },
    completions: completions.samples.flat().length,
  }
}

/** What the group is trained on, by the objective of the run. */
function rewardsOf(
  { settings: { objective }, weights }: ArlRrParts,
  metaClass: string | null,
  group: readonly RewardVector[],
): (number | null)[] {
  if (metaClass !== null) return classRewards(group, metaClass)
  if (objective === 'overall') return overallRewards(group)
  return objective === 'normalised' ? normalisedRewards(group, weights) : scalarRewards(group, weights)
}

function groupsOf(
  { policy, settings: { objective } }: ArlRrParts,
  { examples, samples }: Completions,
  rewards: (number | null)[][],
): RewardedGroup[] {
  return examples.map(({ prompt }, at) => {
    const own = rewards[at] ?? []
    return {
      prompt: policy.sampler.prompt(toMessages(prompt)),
      samples: samples[at] ?? [],
      rewards: own,
      // normalised already, class by class
      ...(objective === 'normalised' && { advantages: own }),
    }
  })
}

/** What the first score that failed did so by. */
function whyNull({ vectors }: Completions): string | undefined {
  const scores = vectors.flat().flatMap(({ overall, classes }) => [overall, ...classes.values()])
  return scores.find((score) => score.error !== null && !isMasked(score))?.error?.message
}

function shown({ examples, samples }: Completions, rewards: (number | null)[][]): ShownSample[] {
  return examples.slice(0, SHOWN).map(({ prompt }, at) => ({
    kind: 'response',
    prompt: toMessages(prompt).at(-1)?.content ?? '',
    text: samples[at]?.[0]?.text ?? '',
    reward: rewards[at]?.[0] ?? null,
  }))
}
