import { type ErrorCode, type ErrorData, PlumblineError } from './error.ts'

const TRANSIENT: ReadonlySet<ErrorCode> = new Set([
  'internal',
  'overloaded',
  'loading',
  'rate_limited',
  'deadline_exceeded',
  'model_unreachable',
  'model_timeout',
  'model_unavailable',
])

/** Whether an error with this code may be gone at the next try, where nobody said so for the case in hand. */
export function isTransient(code: ErrorCode): boolean {
  return TRANSIENT.has(code)
}

/** An error that was sent as data, to be thrown on this side. */
export function raised({ code, message, param }: ErrorData): PlumblineError {
  return new PlumblineError(code, message, { param, transient: isTransient(code) })
}
