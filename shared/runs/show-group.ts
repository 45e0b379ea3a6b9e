import type { ShownGroup } from '../protocol/run-group.ts'
import type { StoredGroup } from './member.ts'

/** A group of a run as it is told. */
export function showGroup(run: string, { way, members, ...group }: StoredGroup): ShownGroup {
  return {
    ...group,
    ...{ object: 'run.group', run, settings: JSON.parse(way) },
    members: members.map(({ recorded, ...member }) => ({
      ...member,
      ...(recorded ?? { reward: null, score: null, judgments: [], classes: {}, masked: false }),
    })),
  }
}
