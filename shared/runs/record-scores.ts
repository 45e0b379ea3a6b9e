import { classStatistics } from '../classes/statistics.ts'
import type { ClassScores } from '../protocol/pointwise.ts'
import type { RunSettings } from '../protocol/run.ts'
import { mean } from '../statistics/moments.ts'
import { takeIn } from './fading-mean.ts'
import type { Recorded } from './member.ts'
import { type Spent, withSpent } from './observation-cost.ts'
import type { Place } from './phases.ts'
import { halfLifeOf, keptOf, type RunState, weightsOf } from './state.ts'

type Found = Pick<Recorded, 'classes' | 'masked'>

/**
 * Takes in what was found for members of a group, each member once: the mean of each class that was looked at is one
 * value of that class's score, weighed by the share of a whole group that it is the mean of. Null scores count for
 * nothing. `spent` is what the classes that are not the group's own have cost.
 */
export function recordScores(
  settings: RunSettings,
  state: RunState,
  place: Place,
  found: readonly Found[],
  spent: Spent | null,
): RunState {
  if (settings.classes === null) return state
  const vectors = found.map(({ classes }) => classes)
  const fresh = settings.measure === 'training' ? withScores(settings, state, vectors, place.step) : state
  const masked = withMasked(state.masked, place.meta_class, found.filter((one) => one.masked).length)
  const observation = spent ? withSpent(state.observation, spent, found.length) : state.observation
  return { ...fresh, masked, observation }
}

/** Takes in what calls marked `split=eval` have found, and what they have cost; they belong to no group and no step. */
export function recordEvaluation(
  settings: RunSettings,
  state: RunState,
  vectors: readonly ClassScores[],
  spent: Spent,
): RunState {
  const now = Math.max(0, state.step - 1)
  const fresh = settings.measure === 'eval' ? withScores(settings, state, vectors, now) : state
  return { ...fresh, observation: withSpent(state.observation, spent, 0) }
}

function withScores(
  settings: RunSettings,
  state: RunState,
  vectors: readonly ClassScores[],
  step: number,
): RunState {
  const scores = { ...state.scores }
  for (const name of Object.keys(settings.classes ?? {})) {
    const values = vectors.flatMap((vector) => (Object.hasOwn(vector, name) ? (vector[name] ?? []) : []))
    if (values.length === 0) continue
    const value = { value: mean(values), weight: values.length / settings.group_size, step }
    scores[name] = takeIn(keptOf(scores, name), value, halfLifeOf(settings))
  }
  return { ...state, scores }
}

/**
 * Takes in, once for an observed group and with all of its members, how much of the spread that the classes have within
 * it their weighted sum keeps, and how they correlate.
 */
export function recordSpread(
  settings: RunSettings,
  state: RunState,
  { step, observed }: Place,
  vectors: readonly ClassScores[],
): RunState {
  if (!observed) return state
  const halfLife = halfLifeOf(settings)
  const { contraction, correlations } = classStatistics(vectors, weightsOf(settings))
  const names = Object.keys(settings.classes ?? {})
  const pairs = { ...state.correlations }
  for (const [at, first] of names.entries()) {
    for (const second of names.slice(at + 1)) {
      const value = correlations[first]?.[second] ?? null
      const pair = `${first}~${second}`
      if (value !== null) pairs[pair] = takeIn(keptOf(pairs, pair), { value, weight: 1, step }, halfLife)
    }
  }
  if (contraction === null) return { ...state, correlations: pairs }
  const kept = takeIn(state.contraction ?? undefined, { value: contraction, weight: 1, step }, halfLife)
  return { ...state, contraction: kept, correlations: pairs }
}

function withMasked(masked: RunState['masked'], metaClass: string | null, more: number): RunState['masked'] {
  if (metaClass === null || more === 0) return masked
  const before = Object.hasOwn(masked, metaClass) ? (masked[metaClass] ?? 0) : 0
  return { ...masked, [metaClass]: before + more }
}
