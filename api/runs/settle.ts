import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import type { ErrorData } from '../../shared/protocol/error.ts'
import { notScored } from '../../shared/reward/not-scored.ts'
import type { Recorded, RunGroup } from '../../shared/runs/member.ts'
import type { Sample } from '../dialects/sample.ts'
import type { Found, RunRecords } from '../platform/runs/port.ts'
import { memberOf, recordedOf } from './recorded.ts'
import type { MembersRewarded, Task } from './reward-members.ts'

/** What is recorded of a sample now, or why there is nothing. */
export type Outcome = { recorded: Recorded } | { error: ErrorData }

/** Rewards members of a group and keeps what is found. Gives the outcome of each member of the task. */
export type Settle = (task: Task) => Promise<(sample: Sample) => Outcome>

/** The same id and text is the same member. */
const nameOf = ({ id, response }: Pick<Sample, 'id' | 'response'>) => canonicalJson([id, response])

export function createSettle(runs: RunRecords, reward: (task: Task) => Promise<MembersRewarded>): Settle {
  return async (task) => {
    const { organisation, id, group } = task
    const { scored, anchor, spent } = await reward(task)
    const found = [...scored].flatMap(([sample, one]): Found['found'] => {
      const recorded = recordedOf(one)
      return recorded ? [[memberOf(sample), recorded]] : []
    })
    const kept = await runs.record(organisation, id, group.id, { found, anchor, spent })
    const byName = new Map(found.map(([member], at) => [nameOf(member), kept[at]]))
    const failures = new Map([...scored].map(([sample, { error }]) => [nameOf(sample), error]))
    return (sample) => {
      const recorded = byName.get(nameOf(sample))
      return recorded ? { recorded } : { error: failures.get(nameOf(sample)) ?? notScored() }
    }
  }
}

/** The members of a closed group as samples. */
export function membersOf({ prompt, members }: RunGroup): Sample[] {
  return members.map((member, index) => ({ ...member, index, prompt, labelParam: 'label' }))
}
