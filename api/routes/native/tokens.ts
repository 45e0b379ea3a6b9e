import { Hono } from 'hono'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { urlTokenRequest } from '../../../shared/protocol/url-token.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Tokens } from '../../tokens/tokens.ts'
import { readJson } from '../body.ts'

/** `/v1/tokens`: tokens that stand in a URL, for clients that can set no header. */
export function tokenRoutes(tokens: Tokens) {
  return new Hono<Edge>()
    .post('/', async (c) => {
      const request = parseWith(urlTokenRequest, await readJson(c))
      const { origin } = new URL(c.req.url)
      return c.json(await tokens.make(c.get('call').organisation, request, origin), 201, {
        'cache-control': 'no-store',
      })
    })
    .get('/', async (c) => {
      const data = await tokens.list(c.get('call').organisation)
      return c.json({ object: 'list', data })
    })
    .get('/:id', async (c) => c.json(await tokens.read(c.get('call').organisation, c.req.param('id'))))
    .delete('/:id', async (c) => c.json(await tokens.revoke(c.get('call').organisation, c.req.param('id'))))
}
