import type { RewardRequest } from '../../shared/protocol/reward.ts'

/** The ways to reward a group that are measured beside all pairs. */
export type Way = { name: string; ask: Pick<RewardRequest, 'anchor' | 'shaping' | 'fit' | 'budget'> }

export const ALL_PAIRS: Way = { name: 'all pairs', ask: { anchor: 'all' } }

const fit = 'bradley-terry' as const

/** For a group of this many responses. `active` spends its default, two a response, and then as much as Swiss does. */
export function waysOf(size: number): Way[] {
  const swissCost = Math.floor(size / 2) * Math.ceil(Math.log2(size))
  return [
    { name: 'random anchor', ask: { anchor: 'random' } },
    { name: 'random anchor, brpo', ask: { anchor: 'random', shaping: 'brpo' } },
    { name: 'circular', ask: { anchor: 'circular' } },
    { name: 'circular, fitted', ask: { anchor: 'circular', fit } },
    { name: 'knockout', ask: { anchor: 'knockout' } },
    { name: 'swiss', ask: { anchor: 'swiss' } },
    { name: 'swiss, fitted', ask: { anchor: 'swiss', fit } },
    { name: 'active', ask: { anchor: 'active' } },
    { name: 'active, as dear as swiss', ask: { anchor: 'active', budget: Math.max(swissCost, size - 1) } },
    { name: 'all pairs, fitted', ask: { anchor: 'all', fit } },
  ]
}
