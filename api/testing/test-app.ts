import { openPlatform } from '#test-platform'
import { sha256 } from '../../shared/identity/hash.ts'
import { createApp } from '../app.ts'
import type { Environment } from '../platform/config.ts'
import { createCollector } from './collector.ts'
import { createModelServer } from './model-server.ts'
import { TEST_VARIABLES } from './variables.ts'

/**
 * The app on the platform of the runtime that the test runs in, with a fake model server and a collector of traces
 * behind it and an organisation of its own; `server` takes the place of the model server. `call` sends a body as JSON with that organisation's key.
 */
export async function openTestApp(
  variables: Record<string, string> = {},
  server?: (url: string, init: RequestInit) => Promise<Response>,
) {
  const models = createModelServer()
  const collector = createCollector(server ?? models.fetch)
  const organisation = `org-${crypto.randomUUID()}`
  const key = `key-${organisation}`
  const values: Record<string, string | undefined> = {
    ...TEST_VARIABLES,
    PLUMBLINE_API_KEYS: `${organisation}:${await sha256(key)}`,
    ...variables,
  }
  const environment: Environment = (name) => values[name] || undefined
  const app = createApp(openPlatform(environment, collector.fetch))

  const send = async (path: string, init: RequestInit = {}) =>
    app.request(new URL(path, 'http://localhost').href, init)
  const call = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
    send(path, {
      headers: { authorization: `Bearer ${key}`, ...headers },
      ...(body === undefined
        ? {}
        : { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
  const ask = async (...args: Parameters<typeof call>) => bodyOf(await call(...args))

  return { models, collector, organisation, key, send, call, ask }
}

/** An answer's body, whatever its status. */
export async function bodyOf(response: Response) {
  return JSON.parse(await response.text())
}
