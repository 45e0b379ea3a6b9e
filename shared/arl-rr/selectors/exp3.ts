import type { SelectorSettings } from '../../protocol/training/alternation.ts'
import { derivedSeed } from '../../statistics/derived-seed.ts'
import { seededRandom } from '../../statistics/random.ts'
import { changesOf } from '../schedule.ts'
import { gainOf } from './gain.ts'
import type { Selector } from './selector.ts'

/**
 * Exponential weights over the change of the overall score a phase (EXP3, Auer, Cesa-Bianchi, Freund and Schapire 2002;
 * C in systems.md 2.3), which supposes nothing of how gains go: a class is drawn with probability
 * `(1 - rate) w / sum(w) + rate / K`, and after its phase w is multiplied by `exp(rate gain / (K p))`. Where guard rails
 * leave a class out, the others' probabilities are scaled up.
 */
export const exp3: Selector<Extract<SelectorSettings, { kind: 'exp3' }>> = (
  { rate, scale },
  { schedule, candidates },
) => {
  const { classes, seed, ended } = schedule
  const logs = new Map(classes.map((metaClass) => [metaClass, 0]))
  for (const { meta_class, probability, overall } of changesOf(schedule)) {
    // a first phase that the settings named was no draw of one among all
    if (overall === null) continue
    const step = (rate * gainOf(overall, scale)) / (classes.length * (probability ?? 1))
    logs.set(meta_class, (logs.get(meta_class) ?? 0) + step)
  }
  const highest = Math.max(...logs.values())
  const weights = classes.map((metaClass) => Math.exp((logs.get(metaClass) ?? 0) - highest))
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const shares = classes.flatMap((metaClass, at) => {
    const share = ((1 - rate) * (weights[at] ?? 0)) / total + rate / classes.length
    return candidates.includes(metaClass) ? [{ metaClass, share }] : []
  })
  return draw(shares, seededRandom(derivedSeed(seed, ended.length))())
}

function draw(shares: { metaClass: string; share: number }[], place: number) {
  const whole = shares.reduce((sum, { share }) => sum + share, 0)
  let left = place * whole
  for (const { metaClass, share } of shares) {
    left -= share
    if (left < 0) return { meta_class: metaClass, probability: share / whole }
  }
  return null
}
