import { type ErrorCode, type ErrorData, PlumblineError } from './error.ts'

const NOT_TRIED: ReadonlySet<ErrorCode> = new Set(['loading', 'overloaded', 'not_configured'])

/**
 * Throws where no judging was even tried, for any of the results: the whole call is then answered 429 or 503
 * with Retry-After. A model that failed at a judgment is no such case: its result says so itself.
 */
export function refuseUntried(results: { error?: ErrorData | null | undefined }[]): void {
  const [first] = results
  const untried = results.every(({ error }) => error && NOT_TRIED.has(error.code))
  if (first?.error && untried) throw new PlumblineError(first.error.code, first.error.message)
}
