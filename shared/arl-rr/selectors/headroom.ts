import { latest, scoreIn } from '../schedule.ts'
import { greatest, type Selector } from './selector.ts'

/** The class whose held-out score is furthest below 1, the most that one can reach (A in systems.md 2.3). */
export const headroom: Selector<unknown> = (_, { schedule, candidates }) =>
  greatest(candidates, (metaClass) => {
    const score = scoreIn(latest(schedule), metaClass)
    return score === null ? null : 1 - score
  })
