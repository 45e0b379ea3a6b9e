import { type Context, Hono } from 'hono'
import { itemsQuery, pageOfList, runsQuery, shownPage } from '../../../../shared/evals/queries.ts'
import { createRun, type EvalRun } from '../../../../shared/evals/run.ts'
import { parseWith } from '../../../../shared/protocol/parse.ts'
import type { EvalRuns } from '../../../evals/runs.ts'
import type { Edge } from '../../../middleware/edge.ts'
import { readJson } from '../../body.ts'

/** `/v1/evals/{id}/runs` and the output items under it. */
export function runRoutes(runs: EvalRuns) {
  const cancel = async (c: Context<Edge>) => {
    const [id, run] = [c.req.param('id') ?? '', c.req.param('run') ?? '']
    return c.json(shown(c, await runs.cancel(c.get('call').organisation, id, run)))
  }

  return (
    new Hono<Edge>()
      .get('/:id/runs', async (c) => {
        const { status, ...query } = parseWith(runsQuery, c.req.query())
        const all = await runs.list(c.get('call').organisation, c.req.param('id'))
        const asked = all.filter((run) => status === undefined || run.status === status)
        return c.json(
          pageOfList(
            asked.map((run) => shown(c, run)),
            query,
          ),
        )
      })
      .post('/:id/runs', async (c) => {
        const request = parseWith(createRun, await readJson(c))
        return c.json(shown(c, await runs.create(c.get('call'), c.req.param('id'), request)), 201)
      })
      .get('/:id/runs/:run', async (c) => {
        const { id, run } = c.req.param()
        return c.json(shown(c, await runs.read(c.get('call').organisation, id, run)))
      })
      // OpenAI's clients cancel a run by a POST to the run itself, its documentation by one to /cancel.
      .post('/:id/runs/:run', cancel)
      .post('/:id/runs/:run/cancel', cancel)
      .delete('/:id/runs/:run', async (c) => {
        const { id, run } = c.req.param()
        await runs.delete(c.get('call').organisation, id, run)
        return c.json({ object: 'eval.run.deleted', deleted: true, run_id: run })
      })
      .get('/:id/runs/:run/output_items', async (c) => {
        const { id, run } = c.req.param()
        const { after, limit, order, status = null } = parseWith(itemsQuery, c.req.query())
        const ask = { after, order, status, count: limit + 1 }
        return c.json(shownPage(await runs.items(c.get('call').organisation, id, run, ask), limit))
      })
      .get('/:id/runs/:run/output_items/:item', async (c) => {
        const { id, run, item } = c.req.param()
        return c.json(await runs.item(c.get('call').organisation, id, run, item))
      })
  )
}

/** A run with the URL at which it is read; that of an imported one is where it was made. */
function shown(c: Context<Edge>, run: EvalRun): EvalRun {
  const { origin } = new URL(c.req.url)
  return { ...run, report_url: run.report_url ?? `${origin}/v1/evals/${run.eval_id}/runs/${run.id}` }
}
