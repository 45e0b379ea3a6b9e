import { type Context, Hono } from 'hono'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { type Run, runSettings } from '../../../shared/protocol/run.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Runs } from '../../runs/runs.ts'
import { readJson } from '../body.ts'
import { DIALECTS } from '../dialects.ts'

/** `/v1/runs`: runs of trainers that know a reward URL alone, and where they are. */
export function runRoutes(runs: Runs) {
  return new Hono<Edge>()
    .post('/', async (c) => {
      const settings = parseWith(runSettings, await readJson(c))
      return c.json(withUrls(await runs.create(settings, c.get('call')), c), 201)
    })
    .get('/', async (c) => {
      const found = await runs.list(c.get('call').organisation)
      return c.json({ object: 'list', data: found.map((run) => withUrls(run, c)) })
    })
    .get('/:id', async (c) =>
      c.json(withUrls(await runs.read(c.get('call').organisation, c.req.param('id')), c)),
    )
    .post('/:id/steps', async (c) =>
      c.json(withUrls(await runs.beginStep(c.get('call').organisation, c.req.param('id')), c)),
    )
}

/** A run with its reward URL for each dialect. */
function withUrls(run: Run, c: Context<Edge>) {
  const { origin } = new URL(c.req.url)
  const urls = Object.keys(DIALECTS).map((path) => [path.slice(1), `${origin}/runs/${run.id}${path}`])
  return {
    ...run,
    links: { self: `${origin}/v1/runs/${run.id}`, groups: `${origin}/v1/runs/${run.id}/groups` },
    reward_urls: Object.fromEntries(urls),
  }
}
