import { report } from '../statistics.ts'
import { kendallTau, mean, sameBest } from './agreement.ts'
import { type Cost, drawGroup, rewardSynthetic } from './synthetic.ts'
import { ALL_PAIRS, type Way, waysOf } from './ways.ts'

/**
 * `npm run bench:groups`: what each way to reward a group costs, and how well its ranking agrees with that of all
 * pairs and with the strengths that a synthetic judge's noisy scores come from. A JSON object a line.
 */
const SIZES = [4, 8, 16, 32]
const GROUPS = 100

for (const size of SIZES) {
  const groups = await Promise.all(
    Array.from({ length: GROUPS }, async (_, seed) => {
      const group = drawGroup(size, seed)
      return { seed, group, full: await rewardSynthetic(group, ALL_PAIRS, seed) }
    }),
  )
  const fullCost = mean(groups.map(({ full }) => full.comparisons))
  for (const way of [...waysOf(size), ALL_PAIRS]) {
    const made: { cost: Cost; full: number[]; truth: number[] }[] = []
    for (const { seed, group, full } of groups) {
      made.push({ cost: await rewardSynthetic(group, way, seed), full: full.rewards, truth: group.strengths })
    }
    tell(way, size, 'comparisons', mean(made.map(({ cost }) => cost.comparisons)), 'comparisons', fullCost)
    tell(way, size, 'rounds', mean(made.map(({ cost }) => cost.rounds)), 'rounds')
    tell(way, size, 'own time', mean(made.map(({ cost }) => cost.ms)), 'ms')
    const tau = (against: 'full' | 'truth') =>
      mean(made.map((one) => kendallTau(one.cost.rewards, one[against])))
    const best = (against: 'full' | 'truth') =>
      mean(made.map((one) => sameBest(one.cost.rewards, one[against])))
    tell(way, size, 'tau with all pairs', tau('full'), 'tau')
    tell(way, size, 'same best as all pairs', best('full'), 'share')
    tell(way, size, 'tau with the truth', tau('truth'), 'tau')
    tell(way, size, 'best of the truth', best('truth'), 'share')
  }
}

function tell({ name }: Way, size: number, what: string, value: number, unit: string, against?: number) {
  const beside = against === undefined ? {} : { against: 'all pairs', ratio: value / against }
  report({ name: `${size} responses, ${name}: ${what}`, value, unit, ...beside })
}
