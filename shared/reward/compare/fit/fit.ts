import type { RewardRequest } from '../../../protocol/reward.ts'
import { pointsOf, type Shaping } from '../shaping.ts'
import type { Table } from '../table.ts'
import { type Fit, fitBradleyTerry, logistic, type Observation, standardErrors } from './bradley-terry.ts'

/** The penalty where the request names none: a standard deviation of 2.2 before anything is judged. */
const LAMBDA = 0.1

/** Strengths of the places of a table by whatever of it was judged. */
export type Fitted = {
  /** The reward of a place; null where it was compared and every time in vain. */
  reward(place: number): number | null
  /** The log odds of beating a response of mean strength, and its standard error. */
  strengthOf(place: number): { strength: number; standard_error: number }
}

/** Log odds and covariance of a table's places, by the passes of its judgments; found sooner from a fit made before some. */
export function fitTable(table: Table, request: RewardRequest, before?: Fit): Fit {
  const { fit, shaping } = request
  const lambda = typeof fit === 'object' ? fit.lambda : LAMBDA
  const observations = observationsOf(table, shaping === 'half' || shaping === 'net')
  return fitBradleyTerry(table.size, observations, lambda, before?.strengths)
}

/**
 * The reward is the probability p of beating a response of mean strength, scaled to the shaping's range: p for
 * `half`, 2 p - 1 for `graded` and `net`. Every order of every vote is an observation: `graded` counts its
 * score as a share of a win, (1 + score / 2) / 2, `half` and `net` count 1, 0.5 or 0. Between parts of the group that no
 * judged pair connects, the penalty alone speaks: each part's mean is 0, and the standard errors are large.
 */
export function fitRewards(table: Table, request: RewardRequest, { range: [low, high] }: Shaping): Fitted {
  const fit = fitTable(table, request)
  const errors = standardErrors(fit)
  return {
    reward(place) {
      const opponents = table.opponentsOf(place)
      const inVain = opponents.length > 0 && opponents.every((other) => !table.between(place, other))
      return inVain ? null : low + (high - low) * logistic(fit.strengths[place] ?? 0)
    },
    strengthOf: (place) => ({ strength: fit.strengths[place] ?? 0, standard_error: errors[place] ?? 0 }),
  }
}

function observationsOf(table: Table, whole: boolean): Observation[] {
  const worth = whole ? pointsOf : ({ score }: { score: number }) => share(score)
  return Array.from({ length: table.size }, (_, first) => first).flatMap((first) =>
    table.opponentsOf(first).flatMap((second): Observation[] => {
      const result = table.between(first, second)
      if (second < first || !result) return []
      const wins = result.passes.reduce((sum, pass) => sum + worth(pass), 0)
      return [{ first, second, wins, trials: result.passes.length }]
    }),
  )
}

/** A score as a share of a win; those of `compat` know no bounds. */
const share = (score: number) => Math.min(1, Math.max(0, (1 + score / 2) / 2))
