import { failedClasses, type RewardVector } from '../../../shared/arl-rr/objectives.ts'
import type { Evaluation } from '../../../shared/arl-rr/schedule.ts'
import { type ClassStatistics, classStatistics } from '../../../shared/classes/statistics.ts'
import type { ClassScores } from '../../../shared/protocol/pointwise.ts'
import { deviation, meanOrNull } from '../../../shared/statistics/moments.ts'
import type { Completions } from './completions.ts'

type Metrics = Record<string, number | null>

/** Scores as far apart as rounding sets them are the same. */
const SAME = 1e-12

/**
 * What the rewards of a step say of training on them: means of what was trained on and of every class, trained or not;
 * and, as means over groups of the spread within each, the contraction ratio (systems.md 2.3), how classes correlate, and
 * the share of groups without variance.
 */
export function classMetrics(
  { samples, vectors }: Pick<Completions, 'samples' | 'vectors'>,
  rewards: readonly (readonly (number | null)[])[],
  weights: Record<string, number>,
): Metrics {
  const groups = vectors.map((group) => classStatistics(group.map(known), weights))
  const names = [...new Set(vectors.flatMap((group) => group.flatMap(({ classes }) => [...classes.keys()])))]
  const all = vectors.flat()
  const lengths = samples.flat().map(({ tokens }) => tokens.length)
  return {
    reward: meanOrNull(rewards.flat().filter((reward) => reward !== null)),
    reward_std: meanOrNull(rewards.flatMap(spreadOf)),
    zero_variance: shareOf(rewards.flatMap((group) => spreadOf(group).map((spread) => spread <= SAME))),
    contraction: meanOf(groups, ({ contraction }) => contraction),
    failed_scores: all.filter((vector) => failedClasses(vector).length > 0).length,
    length: meanOrNull(lengths),
    ...named(names, 'reward', (name) =>
      meanOrNull(all.flatMap(({ classes }) => classes.get(name)?.score ?? [])),
    ),
    ...named(names, 'zero_variance', (name) =>
      shareOf(groups.flatMap((group) => (scoredTwice(group, name) ? [isFlat(group, name)] : []))),
    ),
    ...Object.fromEntries(
      names.flatMap((first, at) =>
        names.slice(at + 1).map((second) => {
          const correlation = meanOf(groups, ({ correlations }) => correlations[first]?.[second] ?? null)
          return [`correlation/${first}~${second}`, correlation]
        }),
      ),
    ),
  }
}

/** The figures of an evaluation, under a name that says of which prompts. */
export function evaluationMetrics(of: string, { classes, overall }: Evaluation, nulls: number): Metrics {
  const each = named(Object.keys(classes), of, (name) => classes[name] ?? null)
  return { [of]: overall, ...each, [`${of}_nulls`]: nulls }
}

/** A vector without what is masked or failed. */
function known({ classes }: RewardVector): ClassScores {
  return Object.fromEntries(
    [...classes].flatMap(([name, { score }]) => (score === null ? [] : [[name, score]])),
  )
}

function spreadOf(rewards: readonly (number | null)[]): number[] {
  const scores = rewards.filter((reward) => reward !== null)
  return scores.length > 1 ? [deviation(scores)] : []
}

const scoredTwice = ({ classes }: ClassStatistics, name: string) => (classes[name]?.n ?? 0) > 1
const isFlat = ({ without_variance }: ClassStatistics, name: string) => without_variance.includes(name)
const shareOf = (flags: readonly boolean[]) => meanOrNull(flags.map(Number))

function meanOf(groups: ClassStatistics[], figure: (group: ClassStatistics) => number | null): number | null {
  return meanOrNull(groups.flatMap((group) => figure(group) ?? []))
}

function named(names: readonly string[], of: string, figure: (name: string) => number | null): Metrics {
  return Object.fromEntries(names.map((name) => [`${of}/${name}`, figure(name)]))
}
