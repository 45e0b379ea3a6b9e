import { Hono } from 'hono'
import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { runAnchors } from '../../../shared/protocol/run-group.ts'
import { showGroup } from '../../../shared/runs/show-group.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { RunRecords } from '../../platform/runs/port.ts'
import type { Runs } from '../../runs/runs.ts'
import { readJson } from '../body.ts'
import { pageLimit } from '../page-limit.ts'

/** What the query of a list of groups says. */
export const groupsQuery = z.strictObject({
  limit: pageLimit,
  before: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe('The number of a group: the page begins with the next older one.'),
})

/** `/v1/runs/{id}/groups`: what single calls were gathered into, and `/v1/runs/{id}/anchors`: what they are compared with. */
export function runGroupRoutes(runs: Runs, records: RunRecords) {
  return new Hono<Edge>()
    .get('/:id/groups', async (c) => {
      const { organisation } = c.get('call')
      const { id } = await runs.read(organisation, c.req.param('id'))
      const { limit, before = null } = parseWith(groupsQuery, c.req.query())
      const found = await records.groups(organisation, id, { before, limit: limit + 1 })
      const data = found.slice(0, limit).map((group) => showGroup(id, group))
      return c.json({ object: 'list', data, has_more: found.length > limit })
    })
    .get('/:id/groups/:group', async (c) => {
      const { id, group } = c.req.param()
      const found = await records.group(c.get('call').organisation, id, group)
      if (found) return c.json(showGroup(id, found))
      const message = `There is no such group in such a run: GET /v1/runs/${id}/groups lists the run's.`
      throw new PlumblineError('group_not_found', message)
    })
    .post('/:id/anchors', async (c) => {
      const { organisation } = c.get('call')
      const { id } = await runs.read(organisation, c.req.param('id'))
      const { anchors } = parseWith(runAnchors, await readJson(c))
      await records.keepAnchors(organisation, id, anchors)
      return c.json({ object: 'run.anchors', kept: anchors.length }, 201)
    })
}
