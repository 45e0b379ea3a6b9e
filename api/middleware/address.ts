import { createMiddleware } from 'hono/factory'
import { holdsSecret } from '../../shared/identity/url-token.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { readAddress } from '../tokens/address.ts'
import { reaches } from '../tokens/reach.ts'
import type { Edge } from './edge.ts'

const KEY_NAME = /^((x[-_])?api[-_]?key|key|(access[-_]?)?token|(xrl-)?authorization|bearer)$/i

/**
 * The first of all: takes the token off the URL, so that nothing after it can tell of it, and refuses what a token may
 * not ask for and keys in the query, which proxies log and clients pass on. Whose token it is comes later.
 */
export function readUrl(guessed: ReadonlySet<string>) {
  return createMiddleware<Edge>(async (c, next) => {
    const { url, path, token } = readAddress(c.req.raw.url)
    Object.defineProperty(c.req, 'url', { value: url })
    c.set('urlToken', token)
    if (url.includes('?')) refuseKeys(url, c.req.query())
    if (token !== null && !reaches(c.req.method, path, guessed)) {
      throw new PlumblineError(
        'forbidden',
        `A URL token is for rewards and judgments alone, not for ${c.req.method} '${path}': send an API key in a header.`,
      )
    }
    await next()
  })
}

function refuseKeys(url: string, query: Record<string, string>): void {
  if (!Object.keys(query).some((name) => KEY_NAME.test(name)) && !holdsSecret(url)) return
  throw new PlumblineError(
    'invalid_request',
    'A key never stands in a query: send it in a header, or make a URL token with POST /v1/tokens and call /k/TOKEN before the path.',
  )
}
