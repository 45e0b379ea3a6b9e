import type { SelectorSettings } from '../../protocol/training/alternation.ts'
import { changesOf } from '../schedule.ts'
import { gainOf } from './gain.ts'
import { greatest, type Selector } from './selector.ts'

/**
 * Upper confidence bounds over the change of the overall score a phase (C in systems.md 2.3): the mean gain of a class
 * plus `exploration * sqrt(ln n / n_m)`, with n_m its phases and n those of all (UCB1, Auer, Cesa-Bianchi and Fischer
 * 2002). A phase counts `discount` times less with each that followed (Garivier and Moulines 2011), since what a class
 * has to give runs out. A class without a phase comes first.
 */
export const ucb: Selector<Extract<SelectorSettings, { kind: 'ucb' }>> = (
  { exploration, discount, scale },
  { schedule, candidates },
) => {
  const known = changesOf(schedule).flatMap(({ meta_class, overall }, at) =>
    overall === null ? [] : [{ meta_class, gain: gainOf(overall, scale), at }],
  )
  const weighed = known.map((one) => ({ ...one, weight: discount ** (schedule.ended.length - 1 - one.at) }))
  const all = weighed.reduce((sum, { weight }) => sum + weight, 0)
  return greatest(candidates, (metaClass) => {
    const own = weighed.filter((one) => one.meta_class === metaClass)
    if (own.length === 0) return Number.POSITIVE_INFINITY
    const count = own.reduce((sum, { weight }) => sum + weight, 0)
    const mean = own.reduce((sum, { weight, gain }) => sum + weight * gain, 0) / count
    return mean + exploration * Math.sqrt(Math.log(Math.max(1, all)) / count)
  })
}
