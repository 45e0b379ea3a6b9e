import type { Recorded, StoredGroup } from '../../../shared/runs/member.ts'
import type { Spent } from '../../../shared/runs/observation-cost.ts'
import { recordScores, recordSpread } from '../../../shared/runs/record-scores.ts'
import type { GroupRows } from './sql-groups.ts'
import type { RunRows } from './sql-runs.ts'

/** A group of a run, by the organisation that it belongs to. */
type Where = { organisation: string; run: string; group: string }

/**
 * Moves the class scores of a run by what `work` records of members of a group: the responses that it gives, and what
 * they have cost. What a group shows as a whole is taken in once, when the last of its members has its reward.
 */
export function movingScores(
  rows: GroupRows,
  runs: RunRows,
  { organisation, run, group: id }: Where,
  spent: Spent | null,
  work: () => Recorded | readonly Recorded[],
): void {
  const before = scoredIn(rows.storedGroup(id))
  const fresh = [work()].flat()
  const known = runs.find(organisation, run)
  const group = rows.storedGroup(id)
  if (!known || !group || known.settings.classes === null || (fresh.length === 0 && spent === null)) return
  const { settings } = known
  const state = recordScores(settings, known.state, group, fresh, spent)
  const after = scoredIn(group)
  const full = after.length === group.size && before.length < group.size
  runs.save(organisation, run, full ? recordSpread(settings, state, group, after) : state)
}

function scoredIn(group: StoredGroup | null): Recorded['classes'][] {
  const members = group?.members ?? []
  return members.flatMap(({ late, recorded }) => (late || recorded === null ? [] : [recorded.classes]))
}
