import { mean } from '../statistics/moments.ts'
import { type GroupAdvantages, groupAdvantages } from './advantages.ts'

/**
 * BRPO's advantages with a reward of verifiers added: the pairwise rewards stay as they are and alone decide whether the
 * group is dropped; what is added, `weight` times the share passed, counts by how far it is from the group's mean, since it
 * compares with no anchor. Ours: how OpenRS adds the two is not published (systems.md 3.2, 3.5). `added` is null for a
 * completion to which nothing is added.
 */
export function addedAdvantages(
  rewards: readonly (number | null)[],
  added: readonly (number | null)[],
): GroupAdvantages {
  const pairwise = groupAdvantages('brpo', rewards)
  if (pairwise.skipped !== null && pairwise.skipped !== 'no_variance') return pairwise
  const known = added.flatMap((value, at) => (value === null || rewards[at] === null ? [] : [value]))
  const centre = known.length === 0 ? 0 : mean(known)
  const advantages = rewards.map((reward, at) => {
    const more = added[at] ?? null
    return reward === null ? null : reward + (more === null ? 0 : more - centre)
  })
  return { advantages, skipped: null }
}
