import { RequestError } from '@hono/node-server'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { refusal } from '../../middleware/errors.ts'

/** The answer to a call that Node's listener can make no `Request` of, in the shape of all other errors. */
export function refuseUnreadable(error: unknown): Response {
  if (!(error instanceof RequestError)) return refusal(error)
  const message =
    "The address of the call can't be read: send a path without backslashes, and as Host a name or an address with no more than a port."
  return refusal(new PlumblineError('invalid_request', message))
}
