import * as z from 'zod'
import { verifierSpec } from '../verify/verifiers.ts'
import { errorData } from './error.ts'
import { prompt } from './message.ts'
import { text } from './text.ts'

export const verifierResult = z
  .object({
    name: z.string().describe('The name given in the request, else the kind.'),
    kind: z.string(),
    response: z.int().optional().describe('Which response it looked at, in a judgment: 0 or 1.'),
    passed: z.boolean().nullable().describe('null when the verifier could not run.'),
    expected: z.string(),
    received: z.string(),
    error: errorData.optional(),
  })
  .meta({ id: 'VerifierResult' })
export type VerifierResult = z.infer<typeof verifierResult>

export const verifyRequest = z
  .strictObject({
    prompt: prompt.optional(),
    response: text,
    verifiers: z.array(verifierSpec).min(1, 'must hold a verifier').max(64),
  })
  .meta({ id: 'VerifyRequest' })
export type VerifyRequest = z.infer<typeof verifyRequest>

export const verifyList = z
  .object({ object: z.literal('list'), data: z.array(verifierResult) })
  .meta({ id: 'VerifyList' })
export type VerifyList = z.infer<typeof verifyList>
