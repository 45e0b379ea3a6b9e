import type { Context } from 'hono'
import { answerVerify } from '../../shared/verify/answer.ts'
import type { Sandbox } from '../../shared/verify/sandbox.ts'
import { readBody } from './body.ts'
import type { Served } from './life.ts'

/** `POST /v1/verify`: the edge's own request and answer, checked here. It needs no model and waits for none. */
export async function verifications(c: Context<Served>, sandbox: Sandbox): Promise<Response> {
  return c.json(await answerVerify(await readBody(c), sandbox))
}
