import type { TrainingStep } from './record.ts'

/** Steps whose time tells how long the next ones take. */
const WINDOW = 50

/** Tells from the steps' own times how long a run has to go: a restart or an earlier part that is read again change nothing. */
export type Pace = {
  add(step: TrainingStep): void
  /** Seconds until step `total`; null before the first step, or where the total is unknown. */
  left(total: number | null): number | null
}

export function makePace(): Pace {
  const times: number[] = []
  let last = 0
  return {
    add({ step, seconds }) {
      last = step
      times.push(seconds.rollout + seconds.reward + seconds.update)
      if (times.length > WINDOW) times.shift()
    },
    left(total) {
      if (total === null || times.length === 0) return null
      const each = times.reduce((sum, time) => sum + time, 0) / times.length
      return Math.max(0, total - last) * each
    },
  }
}
