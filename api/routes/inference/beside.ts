import { Hono } from 'hono'
import type { Edge } from '../../middleware/edge.ts'

/** The servers whose clients look whether they are well before they call them. */
export const HEALTH_PATHS = ['vllm', 'sglang', 'tei'].map((server) => `/inference/${server}/health`)

/** The servers whose clients ask which models there are. */
export const MODEL_PATHS = ['vllm', 'sglang', 'nvidia', 'jina'].map(
  (server) => `/inference/${server}/v1/models`,
)

/** `GET /health` below each base that a client is given. It needs no key, as with the servers themselves. */
export function healthRoutes() {
  const app = new Hono<Edge>()
  for (const path of HEALTH_PATHS) app.get(path, (c) => c.json({ status: 'ok' }))
  return app
}
