import { sha256 } from './hash.ts'
import { SHARDS } from './id.ts'

/** How a URL token begins, so that one in a wrong place is known for what it is. An API key begins with `pl_`. */
export const URL_TOKEN_PREFIX = 'plt_'

/** Bytes of randomness in a URL token: nobody guesses 192 bits. */
export const URL_TOKEN_BYTES = 24

/** What of a token is kept: its id, which names its shard, and its whole hash. Never the token. */
export type UrlTokenHash = { id: string; digest: string }

/** A token of `URL_TOKEN_BYTES` random bytes, in letters that stand in a path as they are (RFC 4648, section 5). */
export function writeUrlToken(random: Uint8Array): string {
  const base64 = btoa(String.fromCharCode(...random))
  return URL_TOKEN_PREFIX + base64.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The id of a token, which says nothing of the token, and the hash that it is known by. */
export async function hashUrlToken(token: string): Promise<UrlTokenHash> {
  const digest = await sha256(`url-token ${token}`)
  return { id: `tok_${digest.slice(0, 24)}`, digest }
}

/** The shard that a token of this id is kept in; null where it is no such id. */
export function urlTokenShard(id: string): number | null {
  const [, digits] = /^tok_([0-9a-f]{2})[0-9a-f]{22}$/.exec(id) ?? []
  return digits === undefined ? null : Number.parseInt(digits, 16) % SHARDS
}

/** A word, or what stands behind a percent-encoded sign, whose last digit is no letter of the word. */
const SECRET = /(?:\b|(?<=%[0-9A-Fa-f]{2}))plt?_[\w-]{12,}/g

/** Text in which nothing that looks like an API key or a URL token is left. */
export function withoutSecrets(text: string): string {
  return text.replace(SECRET, '[secret]')
}

/** Whether a text holds what looks like an API key or a URL token. */
export function holdsSecret(text: string): boolean {
  return text.search(SECRET) >= 0
}
