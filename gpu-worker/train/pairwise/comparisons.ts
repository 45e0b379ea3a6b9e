import type { Judgment } from '../../../shared/protocol/judgment.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'
import { meanOrNull } from '../../../shared/statistics/moments.ts'

/** What a step's comparisons came to. */
export type Tally = {
  judge: RewardContext['judge']
  /** Why the first comparison failed, where every one did; null otherwise. */
  hopeless(): string | null
  metrics(): Record<string, number | null>
}

/**
 * Counts what a judge says in one step: how many comparisons tie (the 'Same' ratio of OpenRS's Figure 4: where it rises
 * the judge no longer tells completions apart), how many a verifier decides, and how many fail.
 */
export function tallied(judge: RewardContext['judge']): Tally {
  const made: Judgment[] = []
  return {
    async judge(request) {
      const judgment = await judge(request)
      made.push(judgment)
      return judgment
    },
    hopeless() {
      if (made.length === 0 || made.some(({ error }) => error === null)) return null
      return made[0]?.error?.message ?? null
    },
    metrics() {
      const pairs = made.flatMap((one) => (one.protocol === 'pointwise' ? [] : [one]))
      const known = pairs.filter(({ winner }) => winner !== null)
      const share = (those: (pair: (typeof known)[number]) => boolean) =>
        meanOrNull(known.map((pair) => Number(those(pair))))
      return {
        comparisons: pairs.length,
        failed_comparisons: pairs.length - known.length,
        same_ratio: share(({ winner }) => winner === 'tie'),
        decided_by_verifier: share(({ decided_by }) => decided_by === 'verifier'),
        confidence: meanOrNull(known.flatMap(({ confidence }) => confidence ?? [])),
      }
    },
  }
}
