import { createMiddleware } from 'hono/factory'
import * as z from 'zod'
import type { Edge } from '../../middleware/edge.ts'

/** Anthropic's name of an error with this status. */
const TYPES: { readonly [status: number]: string } = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  422: 'invalid_request_error',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
}

const errorReply = z.object({ error: z.union([z.string(), z.looseObject({ message: z.string() })]) })

/**
 * Says every refusal in Anthropic's shape, whoever refused: `{type: "error", error: {type, message}}`, with our `code` and
 * `param` kept beside.
 */
export const refuseAsAnthropic = createMiddleware<Edge>(async (c, next) => {
  await next()
  if (c.res.status < 400) return
  const said = errorReply.safeParse(await c.res.json().catch(() => null))
  const given = said.success ? said.data.error : 'The call failed without a reason.'
  const error = typeof given === 'string' ? { message: given } : given
  const type = TYPES[c.res.status] ?? (c.res.status < 500 ? 'invalid_request_error' : 'api_error')
  const request_id = c.get('requestId')
  const body = { type: 'error', error: { ...error, type }, request_id }
  const headers = new Headers(c.res.headers)
  headers.delete('content-length')
  headers.set('content-type', 'application/json')
  headers.set('request-id', request_id)
  const { status } = c.res
  c.res = undefined
  c.res = new Response(JSON.stringify(body), { status, headers })
})
