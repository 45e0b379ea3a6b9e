import * as z from 'zod'
import { verifierSpec } from '../verify/verifiers.ts'
import { name, text } from './text.ts'

/** `POST /v1/verifiers/write`: a constraint in words, to be expressed as a verifier by a model. */
export const writeVerifierRequest = z
  .strictObject({
    constraint: text.max(4000).describe('What a response must keep to, in words.'),
    model: name.optional().describe('The model entry that writes it; the default one where absent.'),
  })
  .meta({ id: 'WriteVerifierRequest' })

export const writtenVerifier = z
  .object({
    object: z.literal('verifier'),
    verifier: verifierSpec.describe('To be used as it is in verifiers and constraints.'),
    tested: z
      .array(
        z.object({
          response: z.string(),
          should_pass: z.boolean(),
          passed: z.boolean().nullable(),
          received: z.string(),
        }),
      )
      .describe('The examples that it was held against, and what it found.'),
  })
  .meta({ id: 'WrittenVerifier' })
export type WrittenVerifier = z.infer<typeof writtenVerifier>
