import { mean } from '../../../shared/statistics/moments.ts'
import { type Interval, nestedBootstrap } from '../report/nested-bootstrap.ts'
import { ABLATIONS, type AblationResult } from './ablations.ts'
import type { PairVariance } from './variance.ts'

export type TheoryReport = {
  seeds: number
  /** Means over pairs and seeds of the trace of the gradient's covariance, and what the equations say. */
  variances: Record<keyof PairVariance, Interval | null>
  /** Shares of pairs: where equation 19 holds, where equation 20 does, and where both do among those of 19. */
  holds19: number
  holds20: number
  holds20given19: number | null
  ablations: {
    name: string
    accuracy: Interval | null
    less_default: Interval | null
    means: Omit<AblationResult, 'name' | 'accuracy'>
  }[]
}

/** Puts the figures of some seeds together. */
export function theoryReport(
  variances: readonly (readonly PairVariance[])[],
  ablations: readonly (readonly AblationResult[])[],
): TheoryReport {
  const over = (name: keyof PairVariance) =>
    nestedBootstrap(
      variances.map((pairs) => pairs.map((pair) => pair[name]).filter(Number.isFinite)),
      1,
    )
  const all = variances.flat()
  const assumed = all.filter(({ ratio, bound }) => ratio > bound)
  const follows = ({ generator, cached }: PairVariance) => generator > cached
  const names: (keyof PairVariance)[] = [
    ...(['cached', 'equation17', 'resampled', 'generator', 'equation18', 'both', 'ratio', 'bound'] as const),
  ]
  return {
    seeds: variances.length,
    variances: named(names, over),
    holds19: assumed.length / all.length,
    holds20: all.filter(follows).length / all.length,
    holds20given19: assumed.length === 0 ? null : assumed.filter(follows).length / assumed.length,
    ablations: Object.keys(ABLATIONS).map((name) => {
      const own = ablations.map((seed) => seed.find((one) => one.name === name))
      const accuracies = own.map((one) => one?.accuracy ?? Number.NaN)
      const less = accuracies.map(
        (accuracy, seed) => accuracy - (ablations[seed]?.[0]?.accuracy ?? Number.NaN),
      )
      const average = (metric: Exclude<keyof AblationResult, 'name'>) =>
        mean(own.flatMap((one) => one?.[metric] ?? []))
      return {
        name,
        accuracy: overSeeds(accuracies),
        less_default: overSeeds(less),
        means: {
          rubrics_right: average('rubrics_right'),
          format: average('format'),
          within_rubric: average('within_rubric'),
          between_rubrics: average('between_rubrics'),
        },
      }
    }),
  }
}

/** The tables of a report. */
export function theoryMarkdown({ seeds, variances, ablations, ...shares }: TheoryReport): string {
  const row = (what: string, name: keyof PairVariance) => `| ${what} | ${shown(variances[name])} |`
  return [
    `${seeds} seeds; intervals hold 95 % of bootstrap means over seeds and pairs.`,
    '',
    '| variance of the flat gradient | |',
    '|---|---|',
    row('judge, one cached rubric', 'cached'),
    row('equation 17', 'equation17'),
    row('judge, rubrics resampled', 'resampled'),
    row('generator', 'generator'),
    row('equation 18', 'equation18'),
    row('both roles at once', 'both'),
    row('ratio of score norms (equation 19)', 'ratio'),
    row('what it has to be above', 'bound'),
    '',
    `Equation 19 holds for ${percent(shares.holds19)} % of pairs, equation 20 for ${percent(shares.holds20)} %, and for ${percent(shares.holds20given19)} % of those of which 19 holds.`,
    '',
    '| way of training | accuracy, % | less the first, points | rubrics right, % | format, % |',
    '|---|---|---|---|---|',
    ...ablations.map(
      ({ name, accuracy, less_default, means }) =>
        `| ${name} | ${shown(accuracy, 100)} | ${shown(less_default, 100)} | ${percent(means.rubrics_right)} | ${percent(means.format)} |`,
    ),
    '',
  ].join('\n')
}

/** Each seed is a run of one value. */
const overSeeds = (values: readonly number[]) =>
  nestedBootstrap(
    values.filter(Number.isFinite).map((value) => [value]),
    1,
  )

function named<Name extends string>(
  names: readonly Name[],
  of: (name: Name) => Interval | null,
): Record<Name, Interval | null>
function named(names: readonly string[], of: (name: string) => Interval | null) {
  return Object.fromEntries(names.map((name) => [name, of(name)]))
}

const percent = (share: number | null) =>
  share === null || Number.isNaN(share) ? '-' : (100 * share).toFixed(1)

function shown(interval: Interval | null, scale = 1): string {
  if (interval === null) return '-'
  const [middle, low, high] = [interval.mean, interval.low, interval.high].map((value) =>
    (scale * value).toPrecision(3),
  )
  return `${middle} [${low}, ${high}]`
}
