import { mean } from '../../../shared/statistics/moments.ts'
import type { TrainingStep } from '../record.ts'
import { stretchesOf } from './phases.ts'

/** One mark of a curve: the mean of some steps in a row, with the least and the greatest of them. */
export type Point = { step: number; value: number; low: number; high: number; phase: string; line: string }

/** Marks that a chart has at most: more are thinned, so that a report's size does not follow the run's. */
const MOST_POINTS = 300
/** Stretches that are drawn as lines of their own; of more, each phase is one line. */
const MOST_STRETCHES = 40

/** A figure over the steps, a line a stretch. Steps that have none of it are left out. */
export function curveOf(
  steps: readonly TrainingStep[],
  read: (step: TrainingStep) => number | null | undefined,
): Point[] {
  const stretches = stretchesOf(steps)
  const apart = stretches.length <= MOST_STRETCHES
  const lines = new Map<string, { step: number; value: number; phase: string }[]>()
  let stretch = 0
  let total = 0
  for (const one of steps) {
    while (one.step > (stretches[stretch]?.to ?? Number.POSITIVE_INFINITY)) stretch++
    const value = read(one)
    if (value === null || value === undefined || !Number.isFinite(value)) continue
    const line = apart ? String(stretch) : one.phase
    const points = lines.get(line)
    const point = { step: one.step, value, phase: one.phase }
    if (points) points.push(point)
    else lines.set(line, [point])
    total++
  }
  const size = Math.ceil(total / MOST_POINTS)
  return [...lines].flatMap(([line, points]) => {
    const thinned: Point[] = []
    for (let at = 0; at < points.length; at += size) {
      const bucket = points.slice(at, at + size)
      const [first] = bucket
      if (!first) break
      const values = bucket.map(({ value }) => value)
      thinned.push({
        step: mean(bucket.map(({ step }) => step)),
        value: mean(values),
        low: Math.min(...values),
        high: Math.max(...values),
        phase: first.phase,
        line,
      })
    }
    return thinned
  })
}

/** So many of a list at most, evenly over it, its first and last with them. */
export function evenly<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list]
  const places = new Set(
    Array.from({ length: most }, (_, at) => Math.round((at * (list.length - 1)) / (most - 1))),
  )
  return list.filter((_, at) => places.has(at))
}
