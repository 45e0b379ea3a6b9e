import { Hono } from 'hono'
import { decideRequest, proposeRequest } from '../../../shared/protocol/governance.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { Proposals } from '../../governance/proposals.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

/** `GET|POST /v1/meta-rubrics/{name}/proposals`, `POST /{name}/proposals/{id}/accept` and `/reject`. */
export function proposalRoutes(proposals: Proposals) {
  return new Hono<Edge>()
    .get('/:name/proposals', async (c) =>
      c.json({ object: 'list', data: await proposals.list(c.req.param('name'), c.get('call')) }),
    )
    .post('/:name/proposals', async (c) => {
      const request = parseWith(proposeRequest, await readJson(c))
      return c.json(await proposals.propose(c.req.param('name'), request, c.get('call')), 201)
    })
    .post('/:name/proposals/:id/accept', async (c) => {
      const { name, id } = c.req.param()
      const request = parseWith(decideRequest, await readJson(c))
      const { proposal, version, made } = await proposals.accept(name, id, request, c.get('call'))
      return c.json({ ...version, proposal }, made ? 201 : 200)
    })
    .post('/:name/proposals/:id/reject', async (c) => {
      const { name, id } = c.req.param()
      const request = parseWith(decideRequest, await readJson(c))
      return c.json(await proposals.reject(name, id, request, c.get('call')))
    })
}
