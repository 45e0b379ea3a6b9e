import { Hono } from 'hono'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { rubricInput } from '../../../shared/protocol/rubric.ts'
import type { Rubrics } from '../../judging/rubrics.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

/** `POST /v1/rubrics` files a rubric and answers it with its id; `GET /v1/rubrics/{id}` reads it back. */
export function rubricRoutes(rubrics: Rubrics) {
  return new Hono<Edge>()
    .post('/', async (c) => {
      const input = parseWith(rubricInput, await readJson(c))
      return c.json(await rubrics.file(c.get('call').organisation, input), 201)
    })
    .get('/:id', async (c) => c.json(await rubrics.resolve(c.get('call').organisation, c.req.param('id'))))
}
