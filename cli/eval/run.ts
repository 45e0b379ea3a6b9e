import { type Evaluation, evaluate, type Keyed, keyed } from './evaluation.ts'
import { makeReport, type Report } from './report.ts'
import type { Result } from './result.ts'
import type { Repeat } from './safety.ts'
import type { Suite } from './task.ts'
import type { Variant } from './variants.ts'

/** A variant's report. */
export type VariantReport = { name: string; about: string; report: Report }

export type RunOptions = { file: string; repeats: number }

/**
 * Does a suite's tasks in each variant, the first being what the others are held against, then some of the first
 * variant's again past the service's record, which shows how much its rewards sway.
 */
export async function runVariants(
  evaluation: Evaluation,
  suite: Suite,
  variants: [Variant, ...Variant[]],
  { file, repeats }: RunOptions,
): Promise<VariantReport[]> {
  const reports: VariantReport[] = []
  let base: Map<string, Result> | null = null
  for (const variant of variants) {
    const started = performance.now()
    const own = { ...evaluation, withConstraints: variant.withConstraints }
    const tasks = suite.tasks.map((task) => keyed(task, variant.fieldsOf(task, base?.get(task.id)), own))
    const results = await evaluate(own, tasks)
    const again = base === null ? await repeat(own, tasks, repeats) : []
    base ??= new Map(results.map((result) => [result.id, result]))
    const wallSeconds = (performance.now() - started) / 1000
    const { withReference } = evaluation
    const report = makeReport(suite, results, again, { file, withReference, wallSeconds })
    reports.push({ name: variant.name, about: variant.about, report })
  }
  return reports
}

async function repeat(evaluation: Evaluation, tasks: Keyed[], count: number): Promise<Repeat[]> {
  const some = tasks.filter(({ task }) => task.kind !== 'check').slice(0, count)
  if (some.length === 0) return []
  const again = some.map(({ task, fields }) =>
    keyed(task, { ...fields, cache: 'refresh' }, evaluation, 'again'),
  )
  await evaluate(evaluation, again)
  return some.flatMap(({ key }, index): Repeat[] => {
    const [before, after] = [key, again[index]?.key ?? ''].map((one) => evaluation.results.known.get(one))
    return before && after ? [[before, after]] : []
  })
}
