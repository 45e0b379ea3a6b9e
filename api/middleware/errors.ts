import type { Context, ErrorHandler, MiddlewareHandler, NotFoundHandler } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { withoutSecrets } from '../../shared/identity/url-token.ts'
import { type ErrorCode, PlumblineError } from '../../shared/protocol/error.ts'
import type { Edge } from './edge.ts'

/** Seconds after which a call is worth repeating, where it is. */
const RETRY_AFTER: { readonly [code in ErrorCode]?: number } = {
  rate_limited: 1,
  overloaded: 2,
  loading: 5,
  not_configured: 60,
  deadline_exceeded: 1,
  not_scored: 2,
  model_unreachable: 2,
  model_timeout: 2,
  model_unavailable: 2,
}

/**
 * Any error as an answer: the house's own as they are, all others as `internal`, with the cause in the log. A key or a
 * token that a caller put in a wrong place is not given back.
 */
export function refusal(error: unknown): Response {
  const known = PlumblineError.isInstance(error) ? error : unexpected(error)
  const seconds = RETRY_AFTER[known.code]
  return new Response(withoutSecrets(JSON.stringify({ error: known.data, ...known.beside })), {
    status: known.status,
    headers: {
      'content-type': 'application/json',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      ...(isUselessToRepeat(known) ? { 'x-should-retry': 'false' } : {}),
      ...(known.code === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
    },
  })
}

/** OpenAI's and Anthropic's clients repeat what has one of these statuses, unless they are told that it has no use. */
function isUselessToRepeat({ code, status, transient }: PlumblineError): boolean {
  return (
    (status >= 500 || status === 409) && !transient && RETRY_AFTER[code] === undefined && code !== 'internal'
  )
}

export const onError: ErrorHandler<Edge> = (error, c) => withHeaders(c, refusal(error))

export const onNotFound: NotFoundHandler<Edge> = (c) =>
  withHeaders(
    c,
    refusal(new PlumblineError('not_found', `Nothing is at '${c.req.path}': GET / lists what is here.`)),
  )

export function onMethodNotAllowed(c: Context<Edge>, methods: string[]): Response {
  const allow = methods.join(', ')
  const error = new PlumblineError(
    'method_not_allowed',
    `'${c.req.path}' takes ${allow}, not ${c.req.method}.`,
  )
  const response = withHeaders(c, refusal(error))
  response.headers.set('allow', allow)
  return response
}

/** Hono leaves what is thrown and is no Error to the runtime, which would answer it in a form of its own. */
export const answerThrown: MiddlewareHandler<Edge> = async (c, next) => {
  try {
    await next()
  } catch (thrown) {
    c.res = withHeaders(c, refusal(thrown))
  }
}

/** Headers that were set on the way in, such as the request's id, go with every answer. */
export function withHeaders(c: Context<Edge>, response: Response): Response {
  response.headers.set('x-request-id', c.get('requestId') ?? '')
  return response
}

function unexpected(error: unknown): PlumblineError {
  if (error instanceof HTTPException) {
    return new PlumblineError(error.status < 500 ? 'invalid_request' : 'internal', `${error.message}.`)
  }
  console.error(error)
  return new PlumblineError('internal', 'The service broke on a fault of its own: it is in the log.')
}
