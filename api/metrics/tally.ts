import type { Judgment, Usage } from '../../shared/protocol/judgment.ts'

/** What the edge counts; labels are few and ours, never a caller's text. */
const COUNTERS = {
  plumbline_edge_requests_total: 'Calls by method, route and status.',
  plumbline_edge_errors_total: 'Refused and failed calls, by the code of their error.',
  plumbline_edge_judgments_total:
    'Judgments handed out: made (miss) or known (hit), scored or the code of their error.',
  plumbline_edge_model_calls_total: 'Calls to models for judgments that were made.',
  plumbline_edge_tokens_total:
    'Tokens of those calls: of prompts, those of them that came from a cache, of completions.',
} as const

type Counter = keyof typeof COUNTERS

/** Counters of this process, or of this isolate on Workers, since it began. */
export type Tally = {
  request(method: string, route: string, status: number): void
  error(code: string): void
  judgment(judgment: Judgment, cache: Usage['cache']): void
  /** All of them in Prometheus' text format. */
  text(): string
}

/** A tally of nothing yet. */
export function createTally(): Tally {
  const counts = new Map<Counter, Map<string, number>>()

  function add(counter: Counter, labels: string, more = 1): void {
    const series = counts.get(counter) ?? new Map<string, number>()
    counts.set(counter, series)
    series.set(labels, (series.get(labels) ?? 0) + more)
  }

  return {
    request: (method, route, status) =>
      add('plumbline_edge_requests_total', `{method="${method}",route="${route}",status="${status}"}`),
    error: (code) => add('plumbline_edge_errors_total', `{code="${code}"}`),
    judgment({ error, usage }, cache) {
      add('plumbline_edge_judgments_total', `{cache="${cache}",outcome="${error?.code ?? 'scored'}"}`)
      if (cache === 'hit') return
      add('plumbline_edge_model_calls_total', '', usage.judge_calls)
      add('plumbline_edge_tokens_total', '{kind="prompt"}', usage.prompt_tokens)
      add('plumbline_edge_tokens_total', '{kind="cached"}', usage.cached_tokens)
      add('plumbline_edge_tokens_total', '{kind="completion"}', usage.completion_tokens)
    },
    text: () =>
      Object.entries(COUNTERS)
        .flatMap(([counter, help]) => [
          `# HELP ${counter} ${help}`,
          `# TYPE ${counter} counter`,
          ...samplesOf(counter, counts),
        ])
        .join('\n')
        .concat('\n'),
  }
}

function samplesOf(counter: string, counts: ReadonlyMap<string, ReadonlyMap<string, number>>): string[] {
  return [...(counts.get(counter) ?? [])].map(([labels, count]) => `${counter}${labels} ${count}`)
}
