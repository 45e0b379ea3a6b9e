import { sumUsage } from '../../shared/judge/usage.ts'
import type { Usage } from '../../shared/protocol/judgment.ts'
import type { RunSettings } from '../../shared/protocol/run.ts'
import { type Group, groupSamples } from '../dialects/group-samples.ts'
import type { Sample, Scored } from '../dialects/sample.ts'
import { type Reward, scoreGroup } from '../dialects/score-samples.ts'
import type { DialectSettings } from '../dialects/settings.ts'
import type { Rubrics } from '../judging/rubrics.ts'
import type { RunRecords } from '../platform/runs/port.ts'
import { eachByItself } from './class-requests.ts'
import { rewardByClasses } from './class-rewards.ts'
import { criteriaOf } from './prompt-criteria.ts'
import { unscored } from './recorded.ts'

/** Samples of a call marked `split=eval`. */
export type Evaluated = {
  organisation: string
  /** Of the run. */
  id: string
  run: RunSettings
  settings: DialectSettings
  samples: readonly Sample[]
}

type Parts = { runs: RunRecords; rubrics: Rubrics }

/** No group: all classes are looked at, and none is the active one. */
const NOWHERE = { step: 0, meta_class: null, observed: true }

/**
 * Rewards samples that belong to no group and no step. In a run with classes each is rewarded by the mean of them all, and
 * their scores are what the run may measure its policy by.
 */
export async function evaluate(
  { organisation, id, run, settings, samples }: Evaluated,
  reward: Reward,
  { runs, rubrics }: Parts,
): Promise<Scored[]> {
  const groups = groupSamples(samples, run.classes === null ? settings : eachByItself(settings))
  const found = new Map<Sample, Scored>()
  const keep = (scored: Iterable<[Sample, Scored]>, { range }: Group) => {
    for (const [sample, one] of scored) {
      const { reward: given, error } = one
      found.set(sample, given === null && error ? unscored(error, settings.on_error, range) : one)
    }
  }
  await Promise.all(
    groups.map(async (group) => {
      if (run.classes === null) return keep(await scoreGroup(group, reward, undefined), group)
      const usages: Usage[] = []
      const counted: Reward = async (request) => {
        const list = await reward(request)
        usages.push(list.usage)
        return list
      }
      const criteria = await criteriaOf(run, [group], organisation, rubrics)
      const { scored } = await rewardByClasses(
        { settings: { ...run, objective: 'scalarised' }, place: NOWHERE, groups: [group], criteria },
        counted,
      )
      const vectors = [...scored.values()].map(({ classes }) => classes)
      const { cache: _, ...spent } = sumUsage(usages)
      await runs.evaluated(organisation, id, vectors, spent)
      keep(scored, group)
    }),
  )
  return samples.flatMap((sample) => found.get(sample) ?? [])
}
