import * as z from 'zod'
import { type JudgmentRequest, pairProtocol, pairRequest, pointwiseRequest } from './judgment.ts'
import { parseWith } from './parse.ts'

const protocolField = z.looseObject({ protocol: z.enum([...pairProtocol.options, 'pointwise']).optional() })

/**
 * The body of `POST /v1/judgments`. Its `protocol` says which schema it is read by, so that a mistake is explained
 * for the right one. Throws one `PlumblineError` for the first thing that is wrong.
 */
export function parseJudgmentRequest(body: unknown): JudgmentRequest {
  const { protocol } = parseWith(protocolField, body)
  return protocol === 'pointwise' ? parseWith(pointwiseRequest, body) : parseWith(pairRequest, body)
}
