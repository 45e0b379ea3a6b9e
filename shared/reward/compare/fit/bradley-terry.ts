import { mean } from '../../../statistics/moments.ts'
import { invert } from './invert.ts'

/** What was seen of two places: `wins` of `trials` went to the first; a share of a win is one too. */
export type Observation = { first: number; second: number; wins: number; trials: number }

/** Log odds of each place, which sum to 0, and their covariance. */
export type Fit = { strengths: number[]; covariance: number[][] }

/** Smaller steps than this change nothing that is shown. */
const SMALLEST_STEP = 1e-10
const LARGEST_STEP = 2
const MOST_STEPS = 200

/**
 * Bradley-Terry strengths by maximum a posteriori, as systems.md 1.8 has them for order-swapped votes: the least of
 * `-sum(wins log s(u_a - u_b) + (trials - wins) log s(u_b - u_a)) + lambda ||u||^2`, s the logistic function, by
 * Newton's steps. The covariance is Laplace's: the inverse of the second derivatives there, 1 / (2 lambda) for
 * a place of which nothing was seen. `begin` are strengths to begin at, which saves steps where they are near.
 */
export function fitBradleyTerry(
  size: number,
  observations: Observation[],
  lambda: number,
  begin?: number[],
): Fit {
  let strengths = begin ?? Array.from({ length: size }, () => 0)
  for (let steps = 0; ; steps++) {
    const { gradient, covariance } = derivatives(strengths, observations, lambda)
    const step = covariance.map((row) =>
      row.reduce((sum, value, place) => sum + value * (gradient[place] ?? 0), 0),
    )
    const largest = Math.max(...step.map(Math.abs), 0)
    if (largest < SMALLEST_STEP || steps === MOST_STEPS) return { strengths: centred(strengths), covariance }
    const scale = Math.min(1, LARGEST_STEP / largest)
    strengths = strengths.map((strength, place) => strength - scale * (step[place] ?? 0))
  }
}

/** Of the penalised loss: its gradient, and the inverse of its second derivatives. */
function derivatives(strengths: number[], observations: Observation[], lambda: number) {
  const gradient = strengths.map((strength) => 2 * lambda * strength)
  const curvature = strengths.map((_, place) =>
    strengths.map((_, other) => (place === other ? 2 * lambda : 0)),
  )
  const add = (row: number[] | undefined, at: number, value: number) => {
    if (row) row[at] = (row[at] ?? 0) + value
  }
  for (const { first, second, wins, trials } of observations) {
    const expected = winProbability(strengths, first, second)
    add(gradient, first, trials * expected - wins)
    add(gradient, second, wins - trials * expected)
    const bend = trials * expected * (1 - expected)
    add(curvature[first], first, bend)
    add(curvature[second], second, bend)
    add(curvature[first], second, -bend)
    add(curvature[second], first, -bend)
  }
  return { gradient, covariance: invert(curvature) }
}

/** The probability that the first place beats the second. */
export function winProbability(strengths: number[], first: number, second: number): number {
  return logistic((strengths[first] ?? 0) - (strengths[second] ?? 0))
}

export const logistic = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds))

/** The variance of the difference of two strengths. */
export function varianceOf({ covariance }: Fit, first: number, second: number): number {
  const at = (row: number, column: number) => covariance[row]?.[column] ?? 0
  return at(first, first) + at(second, second) - 2 * at(first, second)
}

/** The standard error of each strength, as a difference from their mean. */
export function standardErrors({ covariance }: Fit): number[] {
  const size = covariance.length
  const sums = covariance.map((row) => row.reduce((sum, value) => sum + value, 0))
  const total = sums.reduce((sum, value) => sum + value, 0)
  return covariance.map((row, place) =>
    Math.sqrt(Math.max(0, (row[place] ?? 0) - (2 * (sums[place] ?? 0)) / size + total / size ** 2)),
  )
}

/** The penalty makes the sum 0 but for rounding. */
function centred(strengths: number[]): number[] {
  const centre = mean(strengths)
  return strengths.map((strength) => strength - centre)
}
