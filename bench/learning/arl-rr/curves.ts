import * as z from 'zod'
import type { StepReport } from '../../../gpu-worker/train/method.ts'
import { meanOrNull } from '../../../shared/statistics/moments.ts'
import { type Interval, nestedBootstrap } from '../report/nested-bootstrap.ts'
import { BASELINE, OBJECTIVE_NAMES, type ObjectiveName } from './objectives.ts'

/** Scores on requests that are neither trained on nor chosen by, where a run was looked at. */
const point = z.object({
  spent: z.number(),
  phase: z.string(),
  overall: z.number(),
  classes: z.record(z.string(), z.number()),
})
export type Point = z.infer<typeof point>

const run = z.object({
  objective: z.enum(OBJECTIVE_NAMES),
  seed: z.int(),
  points: z.array(point),
  /** Means over steps: the spread of the scalarised reward over that of the classes, and groups without variance. */
  contraction: z.number().nullable(),
  zero_variance: z.number().nullable(),
  correlations: z.record(z.string(), z.number().nullable()),
})
export type Run = z.infer<typeof run>

/** A run as it was written down. */
export const readRun = (text: string): Run => run.parse(JSON.parse(text))

const OVERALL = 'validation'

/** What a run's reports come to. */
export function runOf(objective: ObjectiveName, seed: number, reports: readonly StepReport[]): Run {
  const points = reports.flatMap(({ metrics, phase }): Point[] => {
    const { [OVERALL]: overall = null, budget_spent: spent = 0 } = metrics
    if (overall === null) return []
    const classes = Object.entries(metrics).flatMap(([name, value]) =>
      name.startsWith(`${OVERALL}/`) && value !== null
        ? [[name.slice(OVERALL.length + 1), value] as const]
        : [],
    )
    return [{ spent: spent ?? 0, phase, overall, classes: Object.fromEntries(classes) }]
  })
  const average = (name: string) => meanOrNull(reports.flatMap(({ metrics }) => metrics[name] ?? []))
  const pairs = [...new Set(reports.flatMap(({ metrics }) => Object.keys(metrics)))].filter((name) =>
    name.startsWith('correlation/'),
  )
  return {
    ...{ objective, seed, points },
    contraction: average('contraction'),
    zero_variance: average('zero_variance'),
    correlations: Object.fromEntries(pairs.map((name) => [name.slice('correlation/'.length), average(name)])),
  }
}

export type Comparison = {
  objective: ObjectiveName
  /** At the end, and the mean over the budget, of the overall score; each less the baseline's of its seed. */
  final: Interval | null
  final_less: Interval | null
  over_budget: Interval | null
  over_budget_less: Interval | null
  contraction: number | null
  zero_variance: number | null
}

/** Each objective over the seeds, and against the baseline. */
export function compare(runs: readonly Run[]): Comparison[] {
  const of = (objective: ObjectiveName) => runs.filter((run) => run.objective === objective)
  const baseline = new Map(of(BASELINE).map((run) => [run.seed, run]))
  return OBJECTIVE_NAMES.flatMap((objective) => {
    const own = of(objective)
    if (own.length === 0) return []
    const less = (figure: (run: Run) => number) =>
      over(
        own.flatMap((run) => {
          const other = baseline.get(run.seed)
          return other ? [figure(run) - figure(other)] : []
        }),
      )
    return {
      objective,
      final: over(own.map(finalOf)),
      final_less: less(finalOf),
      over_budget: over(own.map(areaOf)),
      over_budget_less: less(areaOf),
      contraction: meanOrNull(own.flatMap(({ contraction }) => contraction ?? [])),
      zero_variance: meanOrNull(own.flatMap(({ zero_variance }) => zero_variance ?? [])),
    }
  })
}

const over = (values: readonly number[]) =>
  nestedBootstrap(
    values.map((value) => [value]),
    1,
  )
const finalOf = ({ points }: Run) => points.at(-1)?.overall ?? Number.NaN

/** The mean of the overall score over the budget, by trapezoids: what is reached sooner counts more. */
function areaOf({ points }: Run): number {
  const [first, last] = [points[0]?.spent ?? 0, points.at(-1)?.spent ?? 0]
  const sum = points.slice(1).reduce((total, { spent, overall }, before) => {
    const from = points[before]
    return from ? total + ((spent - from.spent) * (overall + from.overall)) / 2 : total
  }, 0)
  return sum / (last - first)
}

/** The tables: objectives, and the curves of each class by the share of the budget. */
export function curvesMarkdown(runs: readonly Run[], comparisons: readonly Comparison[]): string {
  const seeds = new Set(runs.map(({ seed }) => seed)).size
  return [
    `${seeds} seeds. Scores are shares on requests that nothing was trained on or chosen by; differences are in points against '${BASELINE}' of the same seed.`,
    '',
    '| objective | at the end, % | points | mean over the budget, % | points | contraction | groups without variance, % |',
    '|---|---|---|---|---|---|---|',
    ...comparisons.map(
      (one) =>
        `| ${one.objective} | ${shown(one.final)} | ${shown(one.final_less)} | ${shown(one.over_budget)} | ${shown(one.over_budget_less)} | ${one.contraction?.toFixed(3) ?? '-'} | ${percent(one.zero_variance)} |`,
    ),
    '',
    '| objective | seed | budget, % | phase | overall | classes |',
    '|---|---|---|---|---|---|',
    ...runs.flatMap(({ objective, seed, points }) =>
      points.map(({ spent, phase, overall, classes }) => {
        const each = Object.entries(classes).map(([name, score]) => `${name} ${percent(score)}`)
        return `| ${objective} | ${seed} | ${percent(spent)} | ${phase} | ${percent(overall)} | ${each.join(', ')} |`
      }),
    ),
    '',
  ].join('\n')
}

const percent = (share: number | null) => (share === null ? '-' : (100 * share).toFixed(1))
const shown = (interval: Interval | null) =>
  interval === null ? '-' : `${percent(interval.mean)} [${percent(interval.low)}, ${percent(interval.high)}]`
