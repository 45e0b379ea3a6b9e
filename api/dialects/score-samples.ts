import type { ErrorData } from '../../shared/protocol/error.ts'
import type { Range } from '../../shared/reward/compare/shaping.ts'
import type { Call } from '../judging/call.ts'
import { judgmentPlaces, type Rewards } from '../judging/rewards.ts'
import { LIMITS } from '../platform/limits.ts'
import { type Group, groupSamples } from './group-samples.ts'
import type { Sample, Scored } from './sample.ts'
import type { DialectSettings } from './settings.ts'

/**
 * A reward for each sample, in their order; null with a reason where there is none and the URL has no `on_error`.
 * Throws what `groupSamples` throws.
 */
export async function scoreSamples(
  samples: readonly Sample[],
  settings: DialectSettings,
  rewards: Rewards,
  call: Call,
): Promise<Scored[]> {
  const place = judgmentPlaces()
  const reward: Reward = (request) => rewards(request, call, place)
  const scored = new Map<Sample, Scored>()
  // A rollout batch has thousands of groups: all of them begun at once are more than an isolate holds.
  const waiting = groupSamples(samples, settings).values()
  const lane = async () => {
    for (const group of waiting) {
      const results = await scoreGroup(group, reward, settings.on_error)
      for (const [sample, result] of results) scored.set(sample, result)
    }
  }
  await Promise.all(Array.from({ length: LIMITS.groupsInFlight }, lane))
  return samples.flatMap((sample) => scored.get(sample) ?? [])
}

export type Reward = (request: Parameters<Rewards>[0]) => ReturnType<Rewards>

/**
 * An empty response is the policy's own doing and gets the lowest reward without a judgment; a response that
 * it leaves alone in its group is its own anchor, a draw.
 */
export async function scoreGroup(
  { samples, range, request }: Group,
  reward: Reward,
  onError: number | undefined,
): Promise<[Sample, Scored][]> {
  const [low, high] = range
  const spoken = samples.filter(({ response }) => response !== '')
  const silent = samples
    .filter(({ response }) => response === '')
    .map((sample): [Sample, Scored] => [sample, toScored(low, range)])
  const [only] = spoken
  if (!only) return silent
  if (samples.length > 1 && spoken.length === 1) {
    return [...silent, [only, toScored((low + high) / 2, range)]]
  }
  const { data, usage } = await reward({ ...request, responses: spoken.map(({ response }) => response) })
  return [
    ...silent,
    ...spoken.map((sample, at): [Sample, Scored] => {
      const { reward: given = null, judgments = [], error = null, classes } = data[at] ?? {}
      const scored =
        given === null
          ? toScored(onError ?? null, range, judgments, error)
          : toScored(given, range, judgments)
      return [sample, { ...scored, ...(classes && { classes }), ...(sample === only && { usage }) }]
    }),
  ]
}

/** A reward with its place in its range. One that stands in where there is an error is the caller's own. */
export function toScored(
  reward: number | null,
  range: Range,
  judgments: string[] = [],
  error: ErrorData | null = null,
): Scored {
  const score = reward === null ? null : shareOf(reward, range)
  return { reward, score, error, judgments, substituted: error !== null && reward !== null }
}

/** Where a reward lies in its range, 0..1. */
function shareOf(value: number, [low, high]: Range): number {
  return Math.min(1, Math.max(0, (value - low) / (high - low)))
}
