import { hmac } from '../identity/hash.ts'

/** Text by somebody else, between fences that it cannot forge. Made by `fence` and `quote` alone. */
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

/** What any reader might take for the end of a line. */
const LINE_BREAK = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/

/**
 * Text with its label before every line, for small models, to which each token matters: no line of it can pass for
 * another label's, and nobody has to guess. Given up beside `fence`: breaks of lines that are no `\n` become one.
 */
export function quote(label: string, text: string): Fenced {
  const lines = text.split(LINE_BREAK).map((line) => `${label}: ${line}`)
  return { kind: 'fenced', text: lines.join('\n') }
}

/** Fills a fenced hole where there is nothing to show. */
export const NOTHING: Fenced = { kind: 'fenced', text: '' }
