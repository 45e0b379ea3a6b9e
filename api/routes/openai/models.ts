import { Hono } from 'hono'
import type { Edge } from '../../middleware/edge.ts'
import type { Platform } from '../../platform/platform.ts'

/**
 * `GET /v1/models`: the configured entries, the default first, since some clients take the first one. Beside what
 * OpenAI's clients know, an entry says whether its model writes (`generate`) or picks.
 */
export function modelRoutes({ config }: Platform) {
  const { entries, defaultId } = config.models
  const data = entries
    .toSorted((a, b) => Number(b.id === defaultId) - Number(a.id === defaultId))
    .map(({ id, instantiate, verdicts }) => ({
      ...{ id, object: 'model', created: 0, owned_by: 'plumbline' },
      instantiate,
      verdicts,
    }))
  return new Hono<Edge>().get('/', (c) => c.json({ object: 'list', data }))
}
