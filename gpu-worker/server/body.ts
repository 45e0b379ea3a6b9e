import type { Context } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { type BodyLimits, decodeBody, parseBody } from '../../shared/protocol/json-body.ts'

/** More text than the longest contexts hold; reading tokens off more would keep all others waiting. */
const LIMITS: BodyLimits = { textCharacters: 1_000_000, depth: 64 }

/** The body as a JSON value within the limits. Throws `invalid_json`, `text_too_long` or `invalid_request`. */
export async function readBody(c: Context): Promise<unknown> {
  const bytes = await c.req.arrayBuffer().catch((cause: unknown) => {
    if (PlumblineError.isInstance(cause)) throw cause
    throw new PlumblineError('invalid_request', 'The body broke off: send it again.', { cause })
  })
  return parseBody(decodeBody(bytes), LIMITS)
}
