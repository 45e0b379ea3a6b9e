import type { RunSettings } from '../../shared/protocol/run.ts'
import { drawGroup } from '../../shared/reward/compare/group.ts'
import type { RunGroup } from '../../shared/runs/member.ts'
import type { Spent } from '../../shared/runs/observation-cost.ts'
import { againstOne, type Group, groupSamples } from '../dialects/group-samples.ts'
import type { Sample } from '../dialects/sample.ts'
import { type Reward, scoreGroup } from '../dialects/score-samples.ts'
import { type DialectSettings, mayCompare } from '../dialects/settings.ts'
import type { Rubrics } from '../judging/rubrics.ts'
import { compares } from './class-requests.ts'
import { type ClassScored, rewardByClasses } from './class-rewards.ts'
import { criteriaOf } from './prompt-criteria.ts'

/** Samples that are members of one group of a run. */
export type Task = {
  organisation: string
  /** Of the run. */
  id: string
  run: RunSettings
  settings: DialectSettings
  group: RunGroup
  samples: readonly Sample[]
  /** They came after the group had closed. */
  late: boolean
}

export type MembersRewarded = {
  scored: ReadonlyMap<Sample, ClassScored>
  /** The response that a gathered group was compared with; null where there is no such one. */
  anchor: string | null
  spent: Spent | null
}

/**
 * Rewards members of one group: as the URL says, by the version and in the class that the group was opened with. For a
 * given set of members the rewards are the same, whoever came first.
 */
export async function rewardMembers(task: Task, reward: Reward, rubrics: Rubrics): Promise<MembersRewarded> {
  const { run, group, organisation, settings } = task
  const groups = (await groupsOf(task)).map((one) => pinned(one, task))
  const anchor = settings.against === 'group' ? await anchorTaken(groups) : null
  if (run.classes !== null) {
    const criteria = await criteriaOf(run, groups, organisation, rubrics)
    return { ...(await rewardByClasses({ settings: run, place: group, groups, criteria }, reward)), anchor }
  }
  const found = await Promise.all(groups.map((one) => scoreGroup(one, reward, undefined)))
  const scored = found
    .flat()
    .map(([sample, one]): [Sample, ClassScored] => [
      sample,
      { ...one, classes: one.classes ?? {}, masked: false },
    ])
  return { scored: new Map(scored), anchor, spent: null }
}

async function groupsOf({ settings, group, samples, late, id }: Task): Promise<Group[]> {
  const anchor = late ? await anchorOf(group, id) : anchorBeside(settings, group, samples.length)
  if (anchor !== null && mayCompare(settings))
    return samples.map((sample) => againstOne(sample, anchor, settings))
  if (!late) return groupSamples(samples, settings)
  const [first] = samples
  if (!first) return []
  const onTime = group.members.map((member): Sample => ({ ...first, ...member, index: -1 }))
  return groupSamples([...onTime, ...samples], settings)
}

/** The stored anchor that samples are compared with in the place of each other; null where there is none. */
function anchorBeside(
  { against, verifier, anchor }: DialectSettings,
  group: RunGroup,
  count: number,
): string | null {
  if (verifier !== undefined || anchor !== undefined) return null
  if (against === 'reference') return group.anchor
  return count === 1 && (against === undefined || against === 'group') ? group.anchor : null
}

/** What the members of a closed group were compared with, or one of them that is drawn; null where none said anything. */
async function anchorOf(group: RunGroup, run: string): Promise<string | null> {
  const responses = group.members.map(({ response }) => response).filter((response) => response !== '')
  if (responses.length < 2) return group.anchor ?? responses[0] ?? null
  const { prompt, sequence } = group
  const { texts } = await drawGroup({ prompt, responses, run: { id: run, step: sequence } })
  return texts[0] ?? null
}

/** The anchor of groups that are compared with one response. */
async function anchorTaken(groups: readonly Group[]): Promise<string | null> {
  const [only] = groups
  if (!only || !compares(only)) return null
  const { anchor, ...request } = only.request
  if (typeof anchor === 'object') return 'response' in anchor ? anchor.response : null
  const responses = only.samples.map(({ response }) => response).filter((response) => response !== '')
  if (anchor !== 'random' || responses.length < 2) return null
  const { texts } = await drawGroup({ ...request, responses })
  return texts[0] ?? null
}

/** The request with what its group was opened with: the run and the sequence are what the order of its members is drawn by. */
function pinned(group: Group, { id, group: { sequence, meta_rubric } }: Task): Group {
  const request = {
    ...group.request,
    ...(compares(group) && { run: { id, step: sequence } }),
    ...(meta_rubric !== null && group.request.protocol !== 'verifier' && { meta_rubric }),
  }
  return { ...group, request }
}
