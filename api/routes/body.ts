import type { Context } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { decodeBody, parseBody } from '../../shared/protocol/json-body.ts'
import type { Edge } from '../middleware/edge.ts'
import { LIMITS } from '../platform/limits.ts'

/** The body as text. Throws `invalid_request` when it does not all come, `invalid_json` when it is not UTF-8. */
export async function readText(c: Context): Promise<string> {
  const bytes = await c.req.arrayBuffer().catch((cause: unknown) => {
    throw new PlumblineError('invalid_request', 'The body broke off: send it again.', { cause })
  })
  return decodeBody(bytes)
}

/**
 * The body of any method, a GET among them, as a JSON value; null where there is none or the runtime drops it. A
 * `Request` has no place for the body of a GET: Workers give it all the same, Node's entry hands it over, Bun and Deno
 * drop it.
 */
export async function readAnyBody(c: Context<Edge>): Promise<unknown> {
  const given = c.req.method === 'GET' ? c.env?.bodyOfGet : undefined
  const text = given ? await given() : await readText(c)
  return text === '' ? null : parseJson(text)
}

/** JSON text as a value whose nesting and texts are within the limits. */
export function parseJson(text: string): unknown {
  return parseBody(text, { textCharacters: LIMITS.textCharacters, depth: LIMITS.bodyDepth })
}

/** The body as a JSON value whose nesting and texts are within the limits. */
export async function readJson(c: Context): Promise<unknown> {
  return parseJson(await readText(c))
}
