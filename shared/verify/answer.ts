import { type Prompt, toMessages } from '../protocol/message.ts'
import { parseWith } from '../protocol/parse.ts'
import { type VerifyList, verifyRequest } from '../protocol/verify.ts'
import type { Sandbox } from './sandbox.ts'
import { verify } from './verify.ts'

/** The answer to the body of `POST /v1/verify`, at the edge and on a worker. Throws what is wrong with the body. */
export async function answerVerify(body: unknown, sandbox: Sandbox): Promise<VerifyList> {
  const { verifiers, prompt, response } = parseWith(verifyRequest, body)
  const data = await verify(verifiers, { prompt: lastQuestion(prompt), response }, { sandbox })
  return { object: 'list', data }
}

function lastQuestion(prompt: Prompt | undefined): string | null {
  if (prompt === undefined) return null
  return toMessages(prompt).findLast(({ role }) => role === 'user')?.content ?? null
}
