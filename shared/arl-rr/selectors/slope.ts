import { changesOf } from '../schedule.ts'
import { greatest, type Selector } from './selector.ts'

/**
 * The class whose own held-out score rose fastest, by steps, when it was last trained (A in systems.md 2.3: recent
 * slope). One that never was comes first.
 */
export const slope: Selector<unknown> = (_, { schedule, candidates }) => {
  const changes = changesOf(schedule)
  return greatest(candidates, (metaClass) => {
    const last = changes.findLast((change) => change.meta_class === metaClass)
    if (last === undefined) return Number.POSITIVE_INFINITY
    return last.own === null ? null : last.own / Math.max(1, last.steps)
  })
}
