import { seededRandom } from '../../statistics/random.ts'

/** A response of the synthetic policy: for each class, whether it has what the class wants. */
export type Flags = Record<string, boolean>

/**
 * A policy of one weight a class, taught by REINFORCE with the group's mean as baseline. It knows the rewards that it is
 * given and nothing else, as a trainer does that has a reward URL. All weights sink a little with every step, so that
 * a class that is not trained is slowly forgotten.
 */
export function urlPolicy(classes: readonly string[], { rate = 1, sink = 0.002, start = -1, seed = 1 } = {}) {
  const random = seededRandom(seed)
  const weights = new Map(classes.map((name) => [name, start]))
  const chance = (name: string) => 1 / (1 + Math.exp(-(weights.get(name) ?? 0)))
  return {
    /** Probability of having what the class wants. */
    chance,
    answer: (): Flags => Object.fromEntries(classes.map((name) => [name, random() < chance(name)])),
    learn(groups: readonly (readonly { flags: Flags; reward: number }[])[]): void {
      const slopes = new Map(classes.map((name) => [name, 0]))
      for (const group of groups) {
        const mean = group.reduce((sum, { reward }) => sum + reward, 0) / group.length
        for (const { flags, reward } of group) {
          for (const name of classes) {
            const slope = (reward - mean) * (Number(flags[name]) - chance(name))
            slopes.set(name, (slopes.get(name) ?? 0) + slope / (group.length * groups.length))
          }
        }
      }
      for (const [name, weight] of weights) {
        weights.set(name, weight + rate * (slopes.get(name) ?? 0) - sink)
      }
    },
  }
}
