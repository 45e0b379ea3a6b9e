import { Hono } from 'hono'
import { answerVerify } from '../../../shared/verify/answer.ts'
import type { Sandbox } from '../../../shared/verify/sandbox.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

/** `POST /v1/verify`: deterministic checks of one response, without any model. */
export function verifyRoutes(sandbox: Sandbox) {
  return new Hono<Edge>().post('/', async (c) => c.json(await answerVerify(await readJson(c), sandbox)))
}
