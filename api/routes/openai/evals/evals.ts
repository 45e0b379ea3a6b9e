import { Hono } from 'hono'
import { createEval, updateEval } from '../../../../shared/evals/eval.ts'
import { evalsQuery, pageOfList } from '../../../../shared/evals/queries.ts'
import { parseWith } from '../../../../shared/protocol/parse.ts'
import { createEvals } from '../../../evals/evals.ts'
import { createEvalRuns } from '../../../evals/runs.ts'
import type { Edge } from '../../../middleware/edge.ts'
import type { Platform } from '../../../platform/platform.ts'
import type { Files } from '../../../training/files.ts'
import { readJson } from '../../body.ts'
import { runRoutes } from './runs.ts'

/** `/v1/evals` and what lies under it. */
export function evalRoutes(platform: Platform, files: Files) {
  const evals = createEvals(platform)

  return new Hono<Edge>()
    .get('/', async (c) => {
      const query = parseWith(evalsQuery, c.req.query())
      return c.json(pageOfList(await evals.list(c.get('call').organisation), query))
    })
    .post('/', async (c) => {
      const request = parseWith(createEval, await readJson(c))
      return c.json(await evals.create(c.get('call').organisation, request), 201)
    })
    .get('/:id', async (c) => c.json(await evals.require(c.get('call').organisation, c.req.param('id'))))
    .post('/:id', async (c) => {
      const change = parseWith(updateEval, await readJson(c))
      return c.json(await evals.update(c.get('call').organisation, c.req.param('id'), change))
    })
    .delete('/:id', async (c) => {
      const id = c.req.param('id')
      await evals.delete(c.get('call').organisation, id)
      return c.json({ object: 'eval.deleted', deleted: true, eval_id: id })
    })
    .route('/', runRoutes(createEvalRuns(platform, evals, files)))
}
