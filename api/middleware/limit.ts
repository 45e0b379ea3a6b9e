import { bodyLimit } from 'hono/body-limit'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'

/** Refuses bodies that are too large: by their Content-Length before a byte is read, else while counting. */
export const limitBody = bodyLimit({
  maxSize: LIMITS.bodyBytes,
  onError: () => {
    throw new PlumblineError(
      'body_too_large',
      `The body is larger than ${LIMITS.bodyBytes} bytes: send shorter texts or fewer of them.`,
    )
  },
})
