import { makeEvidenceId } from '../../../shared/identity/id.ts'
import type { Evidence } from '../../../shared/judge/evidence.ts'
import type { Filed } from '../../../shared/judge/filed.ts'
import { LIMITS } from '../limits.ts'
import { failureOf } from './failure.ts'
import type { FlightMemory } from './memory.ts'
import type { Assignment } from './port.ts'

/** What a finished judgment leaves behind. Filed together or not at all. */
export type Filing = {
  assignment: Assignment
  filed: Filed
  /** What it remembers for later judgments. */
  memories: FlightMemory['made']
  /** The keys that it becomes the answer of. A key that has a valid answer keeps it, unless `rebind`. */
  keys: string[]
  rebind: boolean
  /** Unix time, milliseconds, when the keys forget it; null for never. */
  expires: number | null
}

/**
 * Makes a record of what a judgment found. The first result of a key binds it; `refresh` binds it anew, `off`
 * does not. A deterministic failure binds for a minute and never in the place of a result; a transient one
 * binds nothing, but is filed and charged like any other. `now` is Unix time in milliseconds.
 */
export async function makeFiling(
  assignment: Assignment,
  evidence: Evidence,
  made: FlightMemory['made'],
  now: number,
): Promise<Filing> {
  const { organisation, key, repeat, cache, shard, model } = assignment
  const filed: Filed = {
    id: await makeEvidenceId(shard, [organisation, key, evidence]),
    created: Math.floor(now / 1000),
    model: evidence.spent.judge_calls > 0 || evidence.failure ? model : null,
    evidence,
  }
  const failure = failureOf(filed)
  const keys = [...(cache === 'off' ? [] : [key]), ...(repeat === null ? [] : [repeat])]
  return {
    assignment,
    filed,
    memories: cache === 'off' ? [] : made,
    keys: failure?.transient ? [] : keys,
    rebind: cache === 'refresh' && !failure,
    expires: failure ? now + LIMITS.failureMs : null,
  }
}
