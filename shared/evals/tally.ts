import type { ModelUse } from '../graders/grader.ts'
import type { OutputItem } from './output-item.ts'
import type { EvalRun } from './run.ts'

/** A run with one more item counted, and what that item took of models. `total` is known from the beginning. */
export function countItem(run: EvalRun, item: OutputItem, uses: readonly ModelUse[]): EvalRun {
  const counts = run.result_counts
  return {
    ...run,
    result_counts: {
      ...counts,
      passed: counts.passed + Number(item.status === 'pass'),
      failed: counts.failed + Number(item.status === 'fail'),
      errored: counts.errored + Number(item.status === 'error'),
    },
    per_testing_criteria_results: (run.per_testing_criteria_results ?? []).map((one) => {
      const result = item.results.find(({ name }) => name === one.testing_criteria)
      return {
        ...one,
        passed: one.passed + Number(result?.passed === true),
        failed: one.failed + Number(result?.passed === false),
        errored: (one.errored ?? 0) + Number(result === undefined || result.passed === null),
      }
    }),
    per_model_usage: uses.reduce(countUse, run.per_model_usage ?? []),
  }
}

type Usage = NonNullable<EvalRun['per_model_usage']>

function countUse(usage: Usage, { model, calls, tokens }: ModelUse): Usage {
  const before = usage.find(({ model_name }) => model_name === model)
  const more = {
    model_name: model,
    invocation_count: (before?.invocation_count ?? 0) + calls,
    prompt_tokens: (before?.prompt_tokens ?? 0) + tokens.prompt,
    completion_tokens: (before?.completion_tokens ?? 0) + tokens.completion,
    cached_tokens: (before?.cached_tokens ?? 0) + tokens.cached,
    total_tokens: (before?.total_tokens ?? 0) + tokens.prompt + tokens.completion,
  }
  return before ? usage.map((one) => (one === before ? more : one)) : [...usage, more]
}
