import { normalisedRewards, type RewardVector, scalarRewards } from '../../shared/arl-rr/objectives.ts'
import { type Aggregate, failed } from '../../shared/judge/pair/aggregate.ts'
import { sumUsage } from '../../shared/judge/usage.ts'
import type { RunSettings } from '../../shared/protocol/run.ts'
import { notScored } from '../../shared/reward/not-scored.ts'
import { weightsOf } from '../../shared/runs/state.ts'
import type { Sample, Scored } from '../dialects/sample.ts'

export type Scores = ReadonlyMap<Sample, Scored>

/**
 * One reward out of the scores of all classes, by the objective: their weighted mean, or that of each normalised within
 * the group. The score that goes with it is the mean in both, kept in 0..1.
 */
export function objectiveRewards(
  settings: RunSettings,
  samples: readonly Sample[],
  vectors: ReadonlyMap<string, Scores>,
): Scores {
  const rows = samples.map((sample): RewardVector => {
    const scores = [...vectors].map(([name, found]) => [name, aggregateOf(found.get(sample))] as const)
    return { classes: new Map(scores), overall: failed('not_scored', 'Nothing is scored as a whole.') }
  })
  const weights = weightsOf(settings)
  const means = scalarRewards(rows, weights)
  const rewards = settings.objective === 'normalised' ? normalisedRewards(rows, weights) : means
  return new Map(
    samples.map((sample, at) => {
      const parts = [...vectors.values()].flatMap((found) => found.get(sample) ?? [])
      const judgments = [...new Set(parts.flatMap((part) => part.judgments))]
      return [sample, scoredAs(rewards[at] ?? null, means[at] ?? null, judgments, parts)]
    }),
  )
}

/** The same number for each, so that what looks at differences within a group learns nothing of it. */
export function maskedBy({ mask }: RunSettings, samples: readonly Sample[]): Scores {
  return new Map(samples.map((sample) => [sample, scoredAs(mask, mask, [], [])]))
}

function scoredAs(reward: number | null, mean: number | null, judgments: string[], parts: Scored[]): Scored {
  const fault = parts.find(({ error }) => error !== null)?.error ?? notScored()
  return {
    ...{ reward, score: mean === null ? null : Math.min(1, Math.max(0, mean)) },
    ...{ error: reward === null ? fault : null, judgments, substituted: false },
    usage: sumUsage(parts.flatMap(({ usage }) => usage ?? [])),
  }
}

function aggregateOf(scored: Scored | undefined): Aggregate {
  if (scored && scored.reward !== null) return { score: scored.reward, error: null }
  return { score: null, error: scored?.error ?? notScored() }
}
