import {
  hashUrlToken,
  URL_TOKEN_BYTES,
  urlTokenShard,
  writeUrlToken,
} from '../../shared/identity/url-token.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { NewUrlToken, UrlToken, UrlTokenRequest } from '../../shared/protocol/url-token.ts'
import type { Platform } from '../platform/platform.ts'
import type { StoredToken } from '../platform/tokens/port.ts'
import type { Runs } from '../runs/runs.ts'

/** An organisation's URL tokens. */
export type Tokens = {
  /** `origin` is where the service was called. Throws `run_not_found`. */
  make(organisation: string, request: UrlTokenRequest, origin: string): Promise<NewUrlToken>
  /** Newest first, after the token with the id `before`. Throws `not_found`. */
  list(organisation: string, before: string | null, limit: number): Promise<UrlToken[]>
  /** Throws `not_found`. */
  read(organisation: string, id: string): Promise<UrlToken>
  /** Throws `not_found`. A token that was revoked stays listed. */
  revoke(organisation: string, id: string): Promise<UrlToken>
}

export function createTokens(
  { tokens, now }: Pick<Platform, 'tokens' | 'now'>,
  runs: Pick<Runs, 'read'>,
): Tokens {
  async function find(organisation: string, id: string): Promise<StoredToken> {
    const stored = urlTokenShard(id) === null ? null : await tokens.find(id)
    if (stored?.organisation === organisation) return stored
    throw noSuch(id)
  }

  return {
    async make(organisation, { name = null, run = null, expires_in, max_judgments = null }, origin) {
      if (run !== null) await runs.read(organisation, run)
      const token = writeUrlToken(crypto.getRandomValues(new Uint8Array(URL_TOKEN_BYTES)))
      const created = now()
      const stored: StoredToken = {
        ...(await hashUrlToken(token)),
        ...{ organisation, name, run, created, revoked: null, judgments: 0 },
        expires: created + expires_in * 1000,
        maxJudgments: max_judgments,
      }
      await tokens.add(stored)
      return { ...shown(stored), token, url: `${origin}/k/${token}` }
    },

    async list(organisation, before, limit) {
      const from = before === null ? null : await find(organisation, before)
      const place = from && { created: from.created, id: from.id }
      return (await tokens.list(organisation, { before: place, limit })).map(shown)
    },

    read: async (organisation, id) => shown(await find(organisation, id)),

    async revoke(organisation, id) {
      const stored = urlTokenShard(id) === null ? null : await tokens.revoke(id, organisation, now())
      if (stored === null) throw noSuch(id)
      return shown(stored)
    },
  }
}

const seconds = (milliseconds: number) => Math.floor(milliseconds / 1000)

function shown({ id, name, run, created, expires, revoked, maxJudgments, judgments }: StoredToken): UrlToken {
  return {
    ...{ id, object: 'token', name, run },
    created: seconds(created),
    expires_at: seconds(expires),
    revoked_at: revoked === null ? null : seconds(revoked),
    max_judgments: maxJudgments,
    judgments,
  }
}

function noSuch(id: string): PlumblineError {
  const message = `No URL token has the id '${id.slice(0, 64)}': GET /v1/tokens lists those of your organisation.`
  return new PlumblineError('not_found', message, { param: 'id' })
}
