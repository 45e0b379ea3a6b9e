import { Hono } from 'hono'
import { metaRubrics, requireMetaRubric } from '../../../shared/rubric/meta-rubrics.ts'
import type { Edge } from '../../middleware/edge.ts'

/** `GET /v1/meta-rubrics`, `GET /v1/meta-rubrics/{name}` and `{name}@{version}`. */
export function metaRubricRoutes() {
  return new Hono<Edge>()
    .get('/', async (c) => c.json({ object: 'list', data: await metaRubrics() }))
    .get('/:name', async (c) => c.json(await requireMetaRubric(c.req.param('name'))))
}
