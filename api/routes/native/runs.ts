import { type Context, Hono } from 'hono'
import * as z from 'zod'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { type Run, runSettings } from '../../../shared/protocol/run.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Runs } from '../../runs/runs.ts'
import { readJson } from '../body.ts'
import { DIALECTS } from '../dialects.ts'
import { pageLimit } from '../page-limit.ts'

/** What the query of a list of runs says. */
export const runsQuery = z.strictObject({
  limit: pageLimit,
  before: z.string().min(1).optional().describe('The id of a run: the page begins with the next older one.'),
})

/** ROLL is served beside the dialects, since it submits and polls. */
const REWARD_PATHS = [...Object.keys(DIALECTS), '/rlhf/roll/submit', '/rlhf/roll/result']

/** `/v1/runs`: runs of trainers that know a reward URL alone, and where they are. */
export function runRoutes(runs: Runs) {
  return new Hono<Edge>()
    .post('/', async (c) => {
      const settings = parseWith(runSettings, await readJson(c))
      return c.json(withUrls(await runs.create(settings, c.get('call')), c), 201)
    })
    .get('/', async (c) => {
      const { limit, before = null } = parseWith(runsQuery, c.req.query())
      const found = await runs.list(c.get('call').organisation, before, limit + 1)
      const data = found.slice(0, limit).map((run) => withLinks(run, c))
      return c.json({ object: 'list', data, has_more: found.length > limit })
    })
    .get('/:id', async (c) =>
      c.json(withUrls(await runs.read(c.get('call').organisation, c.req.param('id')), c)),
    )
    .post('/:id/steps', async (c) =>
      c.json(withUrls(await runs.beginStep(c.get('call').organisation, c.req.param('id')), c)),
    )
}

function withLinks(run: Run, c: Context<Edge>) {
  const self = `${new URL(c.req.url).origin}/v1/runs/${run.id}`
  return { ...run, links: { self, groups: `${self}/groups` } }
}

/** A run with its reward URL for each dialect, which lists leave out: they are many, and the same for every run. */
function withUrls(run: Run, c: Context<Edge>) {
  const { origin } = new URL(c.req.url)
  const urls = REWARD_PATHS.map((path) => [path.slice(1), `${origin}/runs/${run.id}${path}`])
  return { ...withLinks(run, c), reward_urls: Object.fromEntries(urls) }
}
