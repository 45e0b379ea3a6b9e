import type { ErrorCode } from './error.ts'

const TRANSIENT: ReadonlySet<ErrorCode> = new Set([
  'internal',
  'overloaded',
  'loading',
  'rate_limited',
  'deadline_exceeded',
  'model_unreachable',
  'model_timeout',
])

/** Whether an error with this code may be gone at the next try, where nobody said so for the case in hand. */
export function isTransient(code: ErrorCode): boolean {
  return TRANSIENT.has(code)
}
