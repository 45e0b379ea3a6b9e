import type { Context } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'

/** The body as JSON. Throws `invalid_json`. */
export async function readBody(c: Context): Promise<unknown> {
  const text = await c.req.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new PlumblineError('invalid_json', 'The body is not JSON: send one JSON object.')
  }
}
