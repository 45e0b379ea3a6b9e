import type { Dialect } from '../../../dialects/dialect.ts'

/** What TEI calls a failure, by the status of ours: what the caller must change is Validation, a judge's failure Backend. */
const KINDS: Readonly<Record<number, readonly [error_type: string, status: number]>> = {
  401: ['Validation', 401],
  403: ['Validation', 403],
  404: ['Validation', 404],
  413: ['Validation', 413],
  415: ['Validation', 415],
  429: ['Overloaded', 429],
}

/** An error as TEI's clients know it (contracts.md 4.3). */
export const refuseAsTei: NonNullable<Dialect['refuse']> = ({ code, message, param, status, data }) => {
  const other = data.type === 'caller' ? (['Validation', 422] as const) : (['Backend', 424] as const)
  const [error_type, told] = KINDS[status] ?? other
  return { body: { error: message, error_type, code, param: param ?? null }, status: told }
}
