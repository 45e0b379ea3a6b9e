import type { UrlTokenHash } from '../../../shared/identity/url-token.ts'

/** A URL token as it is kept. */
export type StoredToken = UrlTokenHash & {
  organisation: string
  name: string | null
  run: string | null
  /** Unix times, milliseconds. */
  created: number
  expires: number
  revoked: number | null
  maxJudgments: number | null
  judgments: number
}

/** Where a list of tokens goes on: after this one. */
export type TokensAsked = { before: Pick<StoredToken, 'created' | 'id'> | null; limit: number }

/**
 * The URL tokens of all organisations, by their ids. Each lies in one place and every call is one transaction, so that a
 * revocation holds for the very next call and no two judgments take the last one of a cap. Times are Unix milliseconds.
 */
export type TokenRecords = {
  add(token: StoredToken): Promise<null>
  find(id: string): Promise<StoredToken | null>
  /** Counts a judgment that is about to be made; false where the token is revoked, expired or has made all of its own. */
  take(id: string, now: number): Promise<boolean>
  /** Newest first. */
  list(organisation: string, ask: TokensAsked): Promise<StoredToken[]>
  /** Gives the token as it is now; null where the organisation has none of that id. A second time changes nothing. */
  revoke(id: string, organisation: string, now: number): Promise<StoredToken | null>
}
