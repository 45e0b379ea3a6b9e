import { hmac } from '../identity/hash.ts'

/** Text by somebody else, between fences that it cannot forge. Made by `fence` and `fenceTogether` alone. */
export type Fenced = { readonly kind: 'fenced'; readonly text: string }

/**
 * Puts text between two fence lines, `<label tag>` and `</label tag>`. The tag is 8 hex digits of
 * HMAC(secret, text): the writer of the text can't know it, a retry sees the same one, and equal beginnings of
 * two requests stay equal, so that a server may share their computation.
 */
export async function fence(secret: string, label: string, text: string): Promise<Fenced> {
  const tag = (await hmac(secret, text)).slice(0, 8)
  return { kind: 'fenced', text: `<${label} ${tag}>\n${text}\n</${label} ${tag}>` }
}

/** What capitals are rarely beside each other in, and which spell nothing. */
const CONSONANTS = 'BCDFGHJKLMNPQRSTVWXZ'

/**
 * Several texts between fences of few tokens, for models to which each token matters: every text after a line `TAG label`,
 * the last one before a line `TAG`. The tag is two letters, the first pair from a place drawn by HMAC(secret, first text)
 * on that none of the texts holds, so that no text can close its fence. Given up beside `fence`: a writer who guesses
 * the tag, once in 400 times, has not forged it but only moved it to the next pair, and by texts full of pairs can say
 * which one it will be; where the texts hold all of them, it is 16 hex digits. Requests about one first text have the same
 * tag, as long as no other text holds it.
 */
export async function fenceTogether(
  secret: string,
  texts: readonly (readonly [label: string, text: string])[],
): Promise<Fenced> {
  const digest = await hmac(secret, texts[0]?.[1] ?? '')
  const tag = tagsFrom(Number.parseInt(digest.slice(0, 8), 16)).find((one) =>
    texts.every(([, text]) => !text.includes(one)),
  )
  const shown = tag ?? digest.slice(0, 16)
  return {
    kind: 'fenced',
    text: `${texts.map(([label, text]) => `${shown} ${label}\n${text}\n`).join('')}${shown}`,
  }
}

function tagsFrom(start: number): string[] {
  const letters = [...CONSONANTS]
  const tags = letters.flatMap((one) => letters.map((other) => one + other))
  const at = start % tags.length
  return [...tags.slice(at), ...tags.slice(0, at)]
}

/** Fills a fenced hole where there is nothing to show. */
export const NOTHING: Fenced = { kind: 'fenced', text: '' }
