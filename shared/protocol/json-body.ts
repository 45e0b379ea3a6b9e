import { PlumblineError } from './error.ts'

/** Characters (UTF-16 units) of any one text, and levels of arrays and objects, that a body may have. */
export type BodyLimits = { textCharacters: number; depth: number }

/** Bytes as text. Throws `invalid_json` where they are not UTF-8: what replaced them would be judged in their place. */
export function decodeBody(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new PlumblineError('invalid_json', 'The body is not UTF-8 text: encode it as UTF-8.', { cause })
  }
}

/** JSON text as a value within the limits. Throws `invalid_json`, `text_too_long` or `invalid_request`. */
export function parseBody(text: string, limits: BodyLimits): unknown {
  const value = parse(text)
  checkSize(value, limits, 0, '')
  return value
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const number = bareNumber(text)
    if (number !== null) {
      const message = `The body holds a bare ${number}, which Python's json writes and JSON does not have: send a finite number or null.`
      throw new PlumblineError('invalid_json', message, { cause })
    }
    const what = text.trim() === '' ? 'The body is empty' : 'The body is not valid JSON'
    throw new PlumblineError('invalid_json', `${what}: send a JSON object.`, { cause })
  }
}

/** What stands outside of strings where other JSON has a number; null where nothing does. */
function bareNumber(text: string): string | null {
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at)
    const outside = text.slice(at, quote < 0 ? text.length : quote)
    const found = /(?:^|[[:,\s])(-?(?:NaN|Infinity))\b/.exec(outside)
    if (found) return found[1] ?? null
    if (quote < 0) return null
    at = endOfString(text, quote)
  }
  return null
}

/** The place after the string that begins at a quote; the end of the text where it never ends. */
function endOfString(text: string, quote: number): number {
  const ends = /["\\]/g
  ends.lastIndex = quote + 1
  for (let found = ends.exec(text); found; found = ends.exec(text)) {
    if (found[0] === '"') return ends.lastIndex
    ends.lastIndex += 1
  }
  return text.length
}

function checkSize(value: unknown, limits: BodyLimits, depth: number, path: string): void {
  if (typeof value === 'string' && value.length > limits.textCharacters) {
    const message = `'${path}' is ${value.length} characters long: send at most ${limits.textCharacters}.`
    throw new PlumblineError('text_too_long', message, { param: path })
  }
  if (typeof value !== 'object' || value === null) return
  if (depth >= limits.depth) {
    throw new PlumblineError(
      'invalid_request',
      `The body is nested more than ${limits.depth} levels deep: flatten it.`,
    )
  }
  for (const [key, inner] of Object.entries(value)) {
    checkSize(inner, limits, depth + 1, path === '' ? key : `${path}.${key}`)
  }
}
