import type { AdvantageKind } from '../protocol/training/policy.ts'
import { deviation, mean } from '../statistics/moments.ts'
import { groupKept } from './compare/shaping.ts'

/** Rewards as far apart as rounding sets them are the same. */
export const SAME = 1e-9
/** What an advantage below 0 counts for beside one above it. */
const FAILURE = 0.25

/** Why a group teaches nothing: too few rewards are known, all are the same, or BRPO drops it as one-sided. */
export type SkipReason = 'too_few' | 'no_variance' | 'decided'

export type GroupAdvantages =
  | { advantages: (number | null)[]; skipped: null }
  | { advantages: null; skipped: SkipReason }

/** Of a group with at least two rewards; what comes of equal ones is not read. Null leaves the group out. */
type Advantages = (rewards: readonly number[]) => number[] | null

/** How the rewards of a group become advantages; only differences between its completions, or wins, are rewarded. */
export const ADVANTAGES: Readonly<Record<AdvantageKind, Advantages>> = {
  /** `(R - mean) / std`, the population's (GRPO as Rubric-ARM uses it, systems.md 1.2). */
  grpo(rewards) {
    const [centre, spread] = [mean(rewards), deviation(rewards)]
    return rewards.map((reward) => (reward - centre) / spread)
  },

  /** `R - mean`: groups that nearly agree are not blown up (Dr. GRPO, arXiv 2503.20783). */
  no_std(rewards) {
    const centre = mean(rewards)
    return rewards.map((reward) => reward - centre)
  },

  /** The reward itself, -1..1, of a pair with an anchor of the group; none of a group that is one-sided (systems.md 3.5). */
  brpo(rewards) {
    return groupKept(rewards) ? [...rewards] : null
  },

  /**
   * `R - mean`, a fourth of it below 0, and never above 0 for a reward that is no gain (R <= 0): what OpenRS calls
   * asymmetric GRPO. Our reconstruction, whose formula and factor nobody has published (systems.md 3.4).
   */
  asymmetric(rewards) {
    const centre = mean(rewards)
    return rewards.map((reward) => {
      const advantage = reward - centre
      if (advantage < 0) return FAILURE * advantage
      return reward > 0 ? advantage : 0
    })
  },
}

/**
 * The advantages of a group's completions, null for one without a reward, which counts in nothing. A group with fewer
 * than two rewards or with equal ones is left out.
 */
export function groupAdvantages(kind: AdvantageKind, rewards: readonly (number | null)[]): GroupAdvantages {
  const known = rewards.filter((reward) => reward !== null)
  if (known.length < 2) return { advantages: null, skipped: 'too_few' }
  const advantages = ADVANTAGES[kind](known)
  if (advantages === null) return { advantages: null, skipped: 'decided' }
  if (Math.max(...known) - Math.min(...known) < SAME) return { advantages: null, skipped: 'no_variance' }
  const next = advantages.values()
  return {
    advantages: rewards.map((reward) => (reward === null ? null : (next.next().value ?? null))),
    skipped: null,
  }
}
