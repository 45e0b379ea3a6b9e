import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'

/** Nothing answered at any of the entry's base URLs, or the connection was lost under way. */
export function unreachable(entry: ModelEntry, urls: readonly string[], cause: unknown): PlumblineError {
  const origins = urls.map((url) => new URL(url).origin).join(' or ')
  return new PlumblineError(
    'model_unreachable',
    `The model server of '${entry.id}' at ${origins} gave no reply: check its base_url and that it runs.`,
    { transient: true, cause },
  )
}

export function timedOut(entry: ModelEntry): PlumblineError {
  return new PlumblineError(
    'model_timeout',
    `The model server of '${entry.id}' had not finished after ${entry.timeout_ms} ms: raise its timeout_ms or use a faster model.`,
    { transient: true },
  )
}

/** The caller's signal came first. A reason that is an error of ours is kept. */
export function cancelled(entry: ModelEntry, reason: unknown): PlumblineError {
  if (PlumblineError.isInstance(reason)) return reason
  return new PlumblineError(
    'deadline_exceeded',
    `The call to model '${entry.id}' was cancelled before it ended.`,
    {
      transient: true,
      cause: reason,
    },
  )
}

export function tooLong(entry: ModelEntry, maxBytes: number): PlumblineError {
  return new PlumblineError(
    'reply_too_long',
    `The model server of '${entry.id}' sent more than ${maxBytes} bytes: check what answers at its base_url.`,
  )
}

export function redirected(entry: ModelEntry, location: string | null): PlumblineError {
  const target = location === null ? 'elsewhere' : `to ${location.replace(/[?#].*/, '')}`
  return new PlumblineError(
    'model_http_error',
    `The model server of '${entry.id}' redirects ${target}, which is not followed: put the final address in base_url.`,
  )
}
