import { PlumblineError } from './error.ts'

/** The header that says how many milliseconds a caller waits, at the edge and at a worker. */
export const DEADLINE_HEADER = 'X-Deadline-Ms'

/** The longest that can be asked for. */
export const MAX_DEADLINE_MS = 600_000

/** The milliseconds that a caller waits; null where it doesn't say. Throws `invalid_request`. */
export function readDeadline(header: string | null | undefined): number | null {
  if (header === undefined || header === null) return null
  const milliseconds = Number(header)
  if (Number.isInteger(milliseconds) && milliseconds >= 1 && milliseconds <= MAX_DEADLINE_MS)
    return milliseconds
  throw new PlumblineError(
    'invalid_request',
    `'${DEADLINE_HEADER}' must be a whole number from 1 to ${MAX_DEADLINE_MS}.`,
    { param: DEADLINE_HEADER },
  )
}
