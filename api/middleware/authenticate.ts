import { createMiddleware } from 'hono/factory'
import { sha256 } from '../../shared/identity/hash.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ApiKey } from '../platform/api-keys.ts'
import type { Config } from '../platform/config.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Edge } from './edge.ts'

const LOOPBACK = /^(localhost|([a-z0-9-]+\.)+localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Finds out who calls, or refuses. A key is taken from wherever a client can put one: `Authorization: Bearer`
 * or Basic (user or password: clients make it of a URL's userinfo), `X-Api-Key`, `api-key`, `?key=`.
 * Without configured keys nobody is let in, unless the service is open, and then only over the loopback.
 */
export function authenticate(config: Config) {
  return createMiddleware<Edge>(async (c, next) => {
    const owner =
      config.keys.length === 0 && config.open
        ? localCaller(new URL(c.req.url), c.req.header('origin'))
        : await ownerOf(presentedKeys(c.req.raw), config.keys)
    c.set('call', { ...owner, idempotencyKey: idempotencyKey(c.req.header('idempotency-key')) })
    await next()
  })
}

/** A page in a browser may resolve its own name to this machine: only loopback names are answered. */
export function isLocal(url: URL, origin: string | undefined): boolean {
  const from = origin === undefined ? url : URL.parse(origin)
  return LOOPBACK.test(url.hostname) && from !== null && LOOPBACK.test(from.hostname)
}

function localCaller(url: URL, origin: string | undefined) {
  if (!isLocal(url, origin)) {
    throw new PlumblineError(
      'forbidden',
      'Without API keys only this machine is answered: call it as localhost, or set PLUMBLINE_API_KEYS.',
    )
  }
  return { organisation: 'local', apiKey: 'open' }
}

function presentedKeys(request: Request): string[] {
  const authorization = request.headers.get('authorization') ?? ''
  const [, scheme = '', credentials = ''] = /^(\w+)\s+(.*)$/.exec(authorization) ?? []
  const candidates = [
    ...(scheme.toLowerCase() === 'bearer' ? [credentials] : []),
    ...(scheme.toLowerCase() === 'basic' ? basicParts(credentials) : []),
    request.headers.get('x-api-key') ?? '',
    request.headers.get('api-key') ?? '',
    new URL(request.url).searchParams.get('key') ?? '',
  ]
  // 'EMPTY' is what clients without a key setting send.
  return candidates.map((key) => key.trim()).filter((key) => key !== '' && key !== 'EMPTY')
}

function basicParts(credentials: string): string[] {
  try {
    const [user = '', ...password] = atob(credentials).split(':')
    return [password.join(':'), user]
  } catch {
    return []
  }
}

/** Every presented key is hashed and compared with every known hash, so that time tells nothing of a key. */
async function ownerOf(presented: string[], keys: ApiKey[]) {
  let owner: ApiKey | undefined
  for (const digest of await Promise.all(presented.map(sha256))) {
    for (const key of keys) if (sameDigest(digest, key.digest)) owner = key
  }
  if (owner) return { organisation: owner.organisation, apiKey: owner.id }
  const missing = presented.length === 0
  throw new PlumblineError(
    'unauthorized',
    missing
      ? 'Send an API key as `Authorization: Bearer KEY`.'
      : 'No such API key: check it, or make one with `plumbline keys create`.',
  )
}

function sameDigest(a: string, b: string): boolean {
  let difference = a.length ^ b.length
  for (let index = 0; index < a.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}

function idempotencyKey(value: string | undefined): string | null {
  if (value === undefined || value === '') return null
  if (value.length <= LIMITS.idempotencyKey) return value
  throw new PlumblineError(
    'invalid_request',
    `'Idempotency-Key' must be at most ${LIMITS.idempotencyKey} characters long.`,
    {
      param: 'Idempotency-Key',
    },
  )
}
