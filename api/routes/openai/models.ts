import { Hono } from 'hono'
import type { Edge } from '../../middleware/edge.ts'
import type { Platform } from '../../platform/platform.ts'

/** `GET /v1/models`: the configured entries, the default first, since some clients take the first one. */
export function modelRoutes({ config }: Platform) {
  const { entries, defaultId } = config.models
  const data = entries
    .toSorted((a, b) => Number(b.id === defaultId) - Number(a.id === defaultId))
    .map(({ id }) => ({ id, object: 'model', created: 0, owned_by: 'plumbline' }))
  return new Hono<Edge>().get('/', (c) => c.json({ object: 'list', data }))
}
