import { Hono } from 'hono'
import { lastUserText } from '../../../shared/protocol/message.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { verifyRequest } from '../../../shared/protocol/verify.ts'
import { verify } from '../../../shared/verify/verify.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

/** `POST /v1/verify`: deterministic checks of one response, without any model. */
export function verifyRoutes() {
  return new Hono<Edge>().post('/', async (c) => {
    const { verifiers, prompt, response } = parseWith(verifyRequest, await readJson(c))
    return c.json({
      object: 'list',
      data: await verify(verifiers, {
        prompt: prompt === undefined ? null : lastUserText(prompt),
        response,
      }),
    })
  })
}
