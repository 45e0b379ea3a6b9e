import { type ErrorCode, PlumblineError } from '../../shared/protocol/error.ts'

/** Seconds after which it is worth asking again, where it is. */
const RETRY_AFTER: { readonly [code in ErrorCode]?: number } = {
  overloaded: 2,
  loading: 3,
  deadline_exceeded: 1,
}

/** An error as this server answers it. What is not one of ours goes to the log and is answered as `internal`. */
export function toResponse(error: unknown): Response {
  const known = toPlumblineError(error)
  const seconds = RETRY_AFTER[known.code]
  return Response.json(
    { error: known.data },
    {
      status: known.status,
      headers: {
        ...(seconds !== undefined && { 'retry-after': String(seconds) }),
        ...(known.code === 'unauthorized' && { 'www-authenticate': 'Bearer' }),
      },
    },
  )
}

/** The error as one of ours: what is none goes to the log and becomes `internal`, which tells the caller nothing of it. */
export function toPlumblineError(error: unknown): PlumblineError {
  if (PlumblineError.isInstance(error)) return error
  console.error(error)
  return new PlumblineError('internal', 'The worker broke on a fault of its own: it is in the log.')
}
