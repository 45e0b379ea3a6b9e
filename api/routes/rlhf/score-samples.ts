import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Range } from '../../../shared/reward/compare/shaping.ts'
import type { Call } from '../../judging/call.ts'
import { judgmentPlaces, type Rewards } from '../../judging/rewards.ts'
import { type Group, groupSamples } from './group-samples.ts'
import type { Sample, Scored } from './sample.ts'
import type { DialectSettings } from './settings.ts'

/**
 * A reward for each sample, in their order. Throws what `groupSamples` throws, and `not_scored` where a
 * reward is null and the URL has no `on_error`.
 */
export async function scoreSamples(
  samples: Sample[],
  settings: DialectSettings,
  rewards: Rewards,
  call: Call,
): Promise<Scored[]> {
  const place = judgmentPlaces()
  const reward: Reward = (request) => rewards(request, call, place)
  const scored = new Array<Scored>(samples.length)
  await Promise.all(
    groupSamples(samples, settings).map(async (group) => {
      const results = await scoreGroup(group, reward, settings.on_error)
      for (const [sample, result] of results) scored[sample.index] = result
    }),
  )
  return scored
}

type Reward = (request: Parameters<Rewards>[0]) => ReturnType<Rewards>

/**
 * An empty response is the policy's own doing and gets the lowest reward without a judgment; a response that
 * it leaves alone in its group is its own anchor, a draw.
 */
async function scoreGroup(
  { samples, range, request }: Group,
  reward: Reward,
  onError: number | undefined,
): Promise<[Sample, Scored][]> {
  const [low, high] = range
  const spoken = samples.filter(({ response }) => response !== '')
  const silent = samples.filter(({ response }) => response === '').map((sample) => pair(sample, low))
  const [only] = spoken
  if (!only) return silent
  if (samples.length > 1 && spoken.length === 1) return [...silent, pair(only, (low + high) / 2)]
  const { data } = await reward({ ...request, responses: spoken.map(({ response }) => response) })
  return [
    ...silent,
    ...spoken.map((sample, at): [Sample, Scored] => {
      const { reward: given = null, judgments = [], error } = data[at] ?? {}
      const value = given ?? onError
      if (value === undefined) throw notScored(sample, error?.message)
      return pair(sample, value, judgments, given === null)
    }),
  ]

  function pair(
    sample: Sample,
    value: number,
    judgments: string[] = [],
    substituted = false,
  ): [Sample, Scored] {
    return [sample, { reward: value, score: share(value, range), judgments, substituted }]
  }
}

function share(value: number, [low, high]: Range): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)))
}

function notScored({ index }: Sample, why: string | undefined): PlumblineError {
  return new PlumblineError(
    'not_scored',
    `Sample ${index} has no reward: ${why ?? 'its judgment has no score.'} Repeat the call, or put on_error=NUMBER in the URL.`,
  )
}
