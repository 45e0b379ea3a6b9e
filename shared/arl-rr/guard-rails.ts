import type { GuardRails } from '../protocol/training/alternation.ts'
import { type Evaluation, evaluationsOf, latest, type Schedule, scoreIn } from './schedule.ts'

/**
 * The class that fell too far in the phase under way: more than `floor` below its best so far or, where it was that low
 * already when the phase began, below what it was then. Never the class that is trained. Null where none did. The floor is our
 * reconstruction (systems.md 2.3, mitigations).
 */
export function fallen(
  { floor }: GuardRails,
  schedule: Schedule,
  now: Evaluation,
): { meta_class: string; score: number; floor: number } | null {
  if (floor === null) return null
  for (const metaClass of schedule.classes) {
    const score = scoreIn(now, metaClass)
    const start = scoreIn(latest(schedule), metaClass)
    if (metaClass === schedule.phase?.meta_class || score === null || start === null) continue
    const best = bestOf(schedule, metaClass)
    const least = (start < best - floor ? start : best) - floor
    if (score < least) return { meta_class: metaClass, score, floor: least }
  }
  return null
}

function bestOf(schedule: Schedule, metaClass: string): number {
  return Math.max(...evaluationsOf(schedule).flatMap((found) => scoreIn(found, metaClass) ?? []))
}

/**
 * The classes that may be trained next, in the order of the schedule: not the one whose phase the floor has ended, nor
 * one that was trained `most_consecutive` phases in a row. All of them where none would be left.
 */
export function candidatesOf(
  { most_consecutive }: GuardRails,
  { classes, ended }: Pick<Schedule, 'classes' | 'ended'>,
): string[] {
  const last = ended.at(-1)
  if (!last) return [...classes]
  const run = ended.length - 1 - ended.findLastIndex(({ meta_class }) => meta_class !== last.meta_class)
  const tired = last.ended_by === 'floor' || (most_consecutive !== null && run >= most_consecutive)
  const left = tired ? classes.filter((metaClass) => metaClass !== last.meta_class) : classes
  return left.length > 0 ? [...left] : [...classes]
}
