import type { Context } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { LIMITS } from '../platform/limits.ts'

/** The body as text. Throws `invalid_request` when it does not all come, `invalid_json` when it is not UTF-8. */
export async function readText(c: Context): Promise<string> {
  const bytes = await c.req.arrayBuffer().catch((cause: unknown) => {
    throw new PlumblineError('invalid_request', 'The body broke off: send it again.', { cause })
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new PlumblineError('invalid_json', 'The body is not UTF-8 text: encode it as UTF-8.', { cause })
  }
}

/** JSON text as a value whose nesting and texts are within the limits. */
export function parseJson(text: string): unknown {
  const value = parse(text)
  checkSize(value, 0, '')
  return value
}

/** The body as a JSON value whose nesting and texts are within the limits. */
export async function readJson(c: Context): Promise<unknown> {
  return parseJson(await readText(c))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const what = text.trim() === '' ? 'The body is empty' : 'The body is not valid JSON'
    throw new PlumblineError('invalid_json', `${what}: send a JSON object.`, { cause })
  }
}

function checkSize(value: unknown, depth: number, path: string): void {
  if (typeof value === 'string' && value.length > LIMITS.textCharacters) {
    const message = `'${path}' is ${value.length} characters long: send at most ${LIMITS.textCharacters}.`
    throw new PlumblineError('text_too_long', message, { param: path })
  }
  if (typeof value !== 'object' || value === null) return
  if (depth >= LIMITS.bodyDepth) {
    throw new PlumblineError(
      'invalid_request',
      `The body is nested more than ${LIMITS.bodyDepth} levels deep: flatten it.`,
    )
  }
  for (const [key, inner] of Object.entries(value)) {
    checkSize(inner, depth + 1, path === '' ? key : `${path}.${key}`)
  }
}
