import type { Context } from 'hono'
import { answerRun } from '../../shared/graders/answer.ts'
import type { Surroundings } from '../../shared/graders/grader.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Sandbox } from '../../shared/verify/sandbox.ts'
import { readBody } from './body.ts'
import type { Served } from './life.ts'

/**
 * `POST /v1/fine_tuning/alpha/graders/run`: the edge's own request and answer, for graders that ask no model: the edge
 * sends those of Python here.
 */
export async function gradings(c: Context<Served>, sandbox: Sandbox): Promise<Response> {
  return c.json(await answerRun(await readBody(c), { ...NO_MODELS, sandbox }, Date.now))
}

const refuse = (): never => {
  throw new PlumblineError('not_configured', 'A worker grades without models: send this grader to the edge.')
}
const NO_MODELS: Omit<Surroundings, 'sandbox'> = {
  model: refuse,
  policy: refuse,
  judge: () => null,
  embed: async () => refuse(),
}
