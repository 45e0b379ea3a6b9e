import { sumUsage } from '../../shared/judge/usage.ts'
import type { Usage } from '../../shared/protocol/judgment.ts'
import type { ClassScores } from '../../shared/protocol/pointwise.ts'
import type { RunSettings } from '../../shared/protocol/run.ts'
import { type ClassCriteria, type ClassPart, classParts } from '../../shared/runs/class-criteria.ts'
import type { Spent } from '../../shared/runs/observation-cost.ts'
import type { Place } from '../../shared/runs/phases.ts'
import type { Group } from '../dialects/group-samples.ts'
import type { Sample, Scored } from '../dialects/sample.ts'
import { type Reward, scoreGroup } from '../dialects/score-samples.ts'
import { byClass, compares, eachAlone, refuseComparison } from './class-requests.ts'
import { maskedBy, objectiveRewards, type Scores } from './objective-rewards.ts'

/** A sample's reward by the class of its group, and what was looked at beside it. */
export type ClassScored = Scored & {
  /** By class; null where one failed, absent where the prompt has nothing for it or nobody looked. */
  classes: ClassScores
  /** The prompt has nothing for the class, so that the reward is the run's `mask`. */
  masked: boolean
}

/** Samples of one prompt whose group has its place in a run with classes. */
export type ClassTask = {
  settings: RunSettings
  place: Place
  /** How the URL rewards them: together, or each by itself. */
  groups: readonly Group[]
  criteria: ClassCriteria
}

export type ClassRewarded = {
  scored: Map<Sample, ClassScored>
  /** What was spent on classes that are not the group's own; null where none was looked at. */
  spent: Spent | null
}

/**
 * Rewards samples by the class of their group alone, or by what the run's objective makes of all classes. Each class is
 * judged by its own part of the rubric, whether it is rewarded or looked at, so that its scores are the same thing in
 * every phase. In an observed group all classes are scored response by response, also where the reward is a comparison,
 * which says nothing of how far a policy has come. Throws what `byClass` throws.
 */
export async function rewardByClasses(task: ClassTask, reward: Reward): Promise<ClassRewarded> {
  const { place, groups, criteria, settings } = task
  const classes = settings.classes ?? {}
  if (place.meta_class === null) refuseComparison(groups)
  const together = groups.some(compares)
  const alone = groups.flatMap(eachAlone)
  const parts = classParts(classes, criteria, false)
  const own =
    place.meta_class === null ? undefined : classParts(classes, criteria, together).get(place.meta_class)
  const others = [...parts].filter(([name]) => together || name !== place.meta_class)

  const [rewarded, looked] = await Promise.all([
    own ? scoreBy(own, groups, reward) : null,
    Promise.all(
      (place.observed ? others : []).map(
        async ([name, part]) => [name, await scoreBy(part, alone, reward)] as const,
      ),
    ),
  ])
  const vectors = new Map<string, Scores>(looked)
  if (rewarded && place.meta_class !== null && !together) vectors.set(place.meta_class, rewarded)
  const samples = groups.flatMap((group) => group.samples)
  return {
    scored: inAll(task, samples, rewarded, vectors),
    spent: place.observed && place.meta_class !== null ? spentOn(looked.map(([, scores]) => scores)) : null,
  }
}

async function scoreBy(part: ClassPart, groups: readonly Group[], reward: Reward): Promise<Scores> {
  const asked = groups.map((group) => byClass(group, part))
  const found = await Promise.all(asked.map((group) => scoreGroup(group, reward, undefined)))
  return new Map(found.flat())
}

function inAll(
  { settings, place }: ClassTask,
  samples: Sample[],
  rewarded: Scores | null,
  vectors: Map<string, Scores>,
): ClassRewarded['scored'] {
  const masked = place.meta_class === null ? vectors.size === 0 : rewarded === null
  const made = rewarded ?? objectiveRewards(settings, samples, vectors)
  const given = masked ? maskedBy(settings, samples) : made
  return new Map(
    [...given].map(([sample, one]): [Sample, ClassScored] => {
      const classes = [...vectors].map(
        ([name, scores]) => [name, scores.get(sample)?.reward ?? null] as const,
      )
      return [sample, { ...one, classes: Object.fromEntries(classes), masked }]
    }),
  )
}

function spentOn(looked: Scores[]): Spent {
  const usages = looked.flatMap((scores) =>
    [...scores.values()].flatMap(({ usage }): Usage[] => (usage ? [usage] : [])),
  )
  const { cache: _, ...spent } = sumUsage(usages)
  return spent
}
