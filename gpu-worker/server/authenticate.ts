import type { MiddlewareHandler } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'

/** Who may call: whoever holds the key, or, when the worker was started open, programs of this machine. */
export type Access = { key: string; advice?: string } | { open: true }

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** Lets in whom `access` lets in. Throws `unauthorized` without the right key, `forbidden` for a web page. */
export function authenticate(access: Access): MiddlewareHandler {
  return async (c, next) => {
    if ('key' in access) requireKey(c.req.header('authorization'), access)
    else requireLoopback(c.req.header('host'), c.req.header('origin'))
    await next()
  }
}

const WORKER_KEY =
  'Send the worker key as a bearer token: the edge and the worker derive it from one PLUMBLINE_SECRET.'

function requireKey(
  authorization: string | undefined,
  { key, advice = WORKER_KEY }: { key: string; advice?: string },
): void {
  const given = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1] ?? ''
  if (equalInConstantTime(given, key)) return
  throw new PlumblineError('unauthorized', advice)
}

/** Keeps web pages out, which reach loopback addresses through the user's browser. */
function requireLoopback(host: string | undefined, origin: string | undefined): void {
  const page = origin === undefined ? null : hostnameOf(origin)
  if (LOOPBACK.has(hostnameOf(`http://${host}`) ?? '') && (page === null || LOOPBACK.has(page))) return
  throw new PlumblineError(
    'forbidden',
    'This worker was started open: it answers programs on this machine alone.',
  )
}

function hostnameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}

function equalInConstantTime(given: string, expected: string): boolean {
  let difference = given.length ^ expected.length
  for (let i = 0; i < expected.length; i++) difference |= (given.charCodeAt(i) || 0) ^ expected.charCodeAt(i)
  return difference === 0
}
