import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { sumUsage } from '../../shared/judge/usage.ts'
import type { ErrorData } from '../../shared/protocol/error.ts'
import type { Usage } from '../../shared/protocol/judgment.ts'
import { notScored } from '../../shared/reward/not-scored.ts'
import type { Recorded, RunGroup } from '../../shared/runs/member.ts'
import type { Sample } from '../dialects/sample.ts'
import type { Found, RunRecords } from '../platform/runs/port.ts'
import { memberOf, recordedOf } from './recorded.ts'
import type { MembersRewarded, Task } from './reward-members.ts'

/** What is recorded of a sample now, or why there is nothing. */
export type Outcome = { recorded: Recorded } | { error: ErrorData }

/** `usage` is what all of it spent now: nothing where all was known. */
export type Settled = { outcomeOf: (sample: Sample) => Outcome; usage?: Usage }

/** Rewards members of a group and keeps what is found. Gives the outcome of each member of the task. */
export type Settle = (task: Task) => Promise<Settled>

/** The same id and text is the same member. */
const nameOf = ({ id, response }: Pick<Sample, 'id' | 'response'>) => canonicalJson([id, response])

export function createSettle(runs: RunRecords, reward: (task: Task) => Promise<MembersRewarded>): Settle {
  return async (task) => {
    const { organisation, id, group } = task
    const { scored, anchor, spent } = await reward(task).catch(async (error: unknown) => {
      // whoever waits to hear of the group is not to wait for nothing
      await runs.record(organisation, id, group.id, { found: [], anchor: null, spent: null })
      throw error
    })
    const found = [...scored].flatMap(([sample, one]): Found['found'] => {
      const recorded = recordedOf(one)
      return recorded ? [[memberOf(sample), recorded]] : []
    })
    const kept = await runs.record(organisation, id, group.id, { found, anchor, spent })
    const byName = new Map(found.map(([member], at) => [nameOf(member), kept[at]]))
    const failures = new Map([...scored].map(([sample, { error }]) => [nameOf(sample), error]))
    const usages = [...scored.values()].flatMap(({ usage }) => usage ?? [])
    return {
      outcomeOf(sample) {
        const recorded = byName.get(nameOf(sample))
        return recorded ? { recorded } : { error: failures.get(nameOf(sample)) ?? notScored() }
      },
      usage: sumUsage(spent ? [...usages, { ...spent, cache: 'miss' }] : usages),
    }
  }
}

/** The members of a closed group as samples, which all came with the same rubric where they came with one. */
export function membersOf({ prompt, members }: RunGroup, rubric: Sample['rubric']): Sample[] {
  const shared = { prompt, labelParam: 'label', ...(rubric && { rubric }) }
  return members.map((member, index) => ({ ...member, ...shared, index }))
}
