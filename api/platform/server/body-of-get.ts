import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import { LIMITS } from '../limits.ts'
import type { Server } from './server.ts'

/** What Node's listener calls: a server that may ask for the body of a GET. */
export function withBodyOfGet(fetch: Server['fetch']) {
  return (request: Request, { incoming }: HttpBindings | Http2Bindings) =>
    fetch(request, { bodyOfGet: () => bodyOfGet(incoming) })
}

/**
 * The body of a GET, which ROLL polls with and a `Request` has no place for, as text; '' where there is none, or one that
 * is longer than any such body should be.
 */
async function bodyOfGet(incoming: (HttpBindings | Http2Bindings)['incoming']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of incoming) {
    bytes += chunk.length
    if (bytes > LIMITS.getBodyBytes) return ''
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
