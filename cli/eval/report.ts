import type { Finding } from '../finding.ts'
import { countOf, type PairReport, reportPairs } from './pair-report.ts'
import type { PairResult, Result } from './result.ts'
import { groupsOf, type Repeat, type Safety, safetyOf } from './safety.ts'
import type { Pair, Suite } from './task.ts'

/** What an evaluation found. */
export type Report = {
  file: string
  layout: string
  /** Tasks: pairs, responses, groups or checks. */
  n: number
  nulls: Record<string, number>
  /** The benchmark's own figures. */
  official: Finding[]
  /** What labelled pairs say, the conventions of accuracy apart; null where there are none. */
  pairs: PairReport | null
  /** Pairs whose judge was shown the true answer, which other judges have to do without. */
  assisted: number
  per_task: {
    judge_calls: number
    prompt_tokens: number
    completion_tokens: number
    cached_tokens: number
    ms: number
  }
  /** Tasks that the service answered from its record. */
  cache_hits: number
  safety: Safety
  wall_seconds: number
}

export type ReportOptions = { file: string; withReference: boolean; wallSeconds: number }

/** Sums up the results of a suite's tasks; `wallSeconds` is this run's. */
export function makeReport(
  suite: Suite,
  results: Result[],
  repeats: Repeat[],
  { file, withReference, wallSeconds }: ReportOptions,
): Report {
  const byId = new Map(results.map((result) => [result.id, result]))
  const judged = suite.tasks.flatMap((task): [Pair, PairResult][] => {
    const result = byId.get(task.id)
    return task.kind === 'pair' && result?.task === 'pair' ? [[task.pair, result]] : []
  })
  const average = (of: (result: Result) => number) =>
    results.reduce((sum, result) => sum + of(result), 0) / Math.max(1, results.length)
  return {
    file,
    layout: suite.name,
    n: results.length,
    nulls: countOf(results.flatMap(({ error }) => error ?? [])),
    official: suite.official((id) => byId.get(id)),
    pairs: judged.length === 0 ? null : reportPairs(judged),
    assisted: withReference ? judged.filter(([{ reference }]) => reference !== undefined).length : 0,
    per_task: {
      judge_calls: average(({ judge_calls }) => judge_calls),
      prompt_tokens: average(({ prompt_tokens }) => prompt_tokens),
      completion_tokens: average(({ completion_tokens }) => completion_tokens),
      cached_tokens: average(({ cached_tokens }) => cached_tokens),
      ms: average(({ ms }) => ms),
    },
    cache_hits: results.filter(({ hit }) => hit).length,
    safety: safetyOf(judged, groupsOf(results), results, repeats),
    wall_seconds: wallSeconds,
  }
}
