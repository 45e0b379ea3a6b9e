import { Hono } from 'hono'
import * as z from 'zod'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { urlTokenRequest } from '../../../shared/protocol/url-token.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Tokens } from '../../tokens/tokens.ts'
import { readJson } from '../body.ts'
import { pageLimit } from '../page-limit.ts'

/** What the query of a list of tokens says. */
export const tokensQuery = z.strictObject({
  limit: pageLimit,
  before: z
    .string()
    .min(1)
    .optional()
    .describe('The id of a token: the page begins with the next older one.'),
})

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
      const { limit, before = null } = parseWith(tokensQuery, c.req.query())
      const found = await tokens.list(c.get('call').organisation, before, limit + 1)
      return c.json({ object: 'list', data: found.slice(0, limit), has_more: found.length > limit })
    })
    .get('/:id', async (c) => c.json(await tokens.read(c.get('call').organisation, c.req.param('id'))))
    .delete('/:id', async (c) => c.json(await tokens.revoke(c.get('call').organisation, c.req.param('id'))))
}
