import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { sha256 } from '../../shared/identity/hash.ts'
import { hashUrlToken, URL_TOKEN_PREFIX } from '../../shared/identity/url-token.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ApiKey } from '../platform/api-keys.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'
import { isOfRun } from '../tokens/reach.ts'
import { refuseUnfit } from '../tokens/unfit.ts'
import type { Edge } from './edge.ts'

const LOOPBACK = /^(localhost|([a-z0-9-]+\.)+localhost|127(\.\d{1,3}){3}|\[::1\])$/

/**
 * Finds out who calls, or refuses. A URL token decides alone, whatever a client sends in its headers. Else a key is taken
 * from wherever a client can put one: `Authorization: Bearer` or Basic (user or password: clients make it of a URL's
 * userinfo), `X-Api-Key`, `api-key`, `XRL-Authorization`. Without configured keys nobody is let in, unless the service is
 * open, and then only over the loopback.
 */
export function authenticate({ config, tokens, now }: Pick<Platform, 'config' | 'tokens' | 'now'>) {
  const isOpen = config.keys.length === 0 && config.open
  return createMiddleware<Edge>(async (c, next) => {
    const token = c.get('urlToken')
    if (isOpen) refuseStrangers(c)
    const owner =
      token !== null
        ? await holderOf(token, c.req.path)
        : isOpen
          ? { organisation: 'local', apiKey: 'open' }
          : await ownerOf(presentedKeys(c.req.raw.headers), config.keys)
    c.set('call', { ...owner, idempotencyKey: idempotencyKey(c.req.header('idempotency-key')) })
    await next()
  })

  async function holderOf(token: string, path: string) {
    const { id, digest } = await hashUrlToken(token)
    const stored = await tokens.find(id)
    if (stored === null || !sameDigest(stored.digest, digest)) {
      throw new PlumblineError(
        'unauthorized',
        'No such URL token: make one with POST /v1/tokens. An API key is none.',
      )
    }
    refuseUnfit(stored, now())
    if (stored.run !== null && !isOfRun(path, stored.run)) {
      throw new PlumblineError(
        'forbidden',
        `This URL token is for the run '${stored.run}': call /runs/${stored.run}/rlhf/NAME with it.`,
      )
    }
    return { organisation: stored.organisation, apiKey: id }
  }
}

/** A page in a browser may resolve its own name to this machine: only loopback names are answered. */
export function isLocal(url: URL, origin: string | undefined): boolean {
  const from = origin === undefined ? url : URL.parse(origin)
  return LOOPBACK.test(url.hostname) && from !== null && LOOPBACK.test(from.hostname)
}

/** Where a browser sends no `Origin`, as for an image, it still says that a page elsewhere asks. */
function refuseStrangers({ req }: Context<Edge>): void {
  const origin = req.header('origin')
  const isElsewhere = origin === undefined && req.header('sec-fetch-site') === 'cross-site'
  if (!isElsewhere && isLocal(new URL(req.url), origin)) return
  throw new PlumblineError(
    'forbidden',
    'Without API keys only this machine is answered: call it as localhost, or set PLUMBLINE_API_KEYS.',
  )
}

function presentedKeys(headers: Headers): string[] {
  const candidates = [
    ...credentialsOf(headers.get('authorization') ?? ''),
    ...credentialsOf(headers.get('xrl-authorization') ?? ''),
    headers.get('x-api-key') ?? '',
    headers.get('api-key') ?? '',
  ]
  // 'EMPTY' is what clients without a key setting send.
  return candidates.map((key) => key.trim()).filter((key) => key !== '' && key.toUpperCase() !== 'EMPTY')
}

function credentialsOf(authorization: string): string[] {
  const [, scheme = '', credentials = ''] = /^(\w+)\s+(.*)$/.exec(authorization) ?? []
  if (scheme.toLowerCase() === 'bearer') return [credentials]
  return scheme.toLowerCase() === 'basic' ? basicParts(credentials) : []
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
  throw new PlumblineError('unauthorized', whyUnknown(presented))
}

function whyUnknown(presented: string[]): string {
  if (presented.length === 0) {
    return 'Send an API key as `Authorization: Bearer KEY`, or call a URL that begins with /k/TOKEN.'
  }
  return presented.some((key) => key.startsWith(URL_TOKEN_PREFIX))
    ? 'A URL token is good in a URL alone: call /k/TOKEN before the path, or send an API key in the header.'
    : 'No such API key: check it, or make one with `plumbline keys create`.'
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
