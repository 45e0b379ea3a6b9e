import * as z from 'zod'
import { judgingFields, pairFields } from '../../../shared/protocol/judgment.ts'
import { pointwiseFields } from '../../../shared/protocol/pointwise.ts'
import { text } from '../../../shared/protocol/text.ts'

/** What may be put to a judge as it is, without a layout: also as the last user message, in JSON. */
export const putQuestion = z.strictObject({
  prompt: judgingFields.prompt.optional(),
  response: text.optional(),
  responses: z.array(text).min(1, 'must hold a response').max(16).optional(),
  reference: text.optional(),
})
export type PutQuestion = z.infer<typeof putQuestion>

const { model: _, prompt: __, ...judging } = judgingFields

/** The field `plumbline` of a request: a question, and how it is to be judged. */
export const plumblineField = putQuestion.extend({
  ...judging,
  ...pairFields,
  ...pointwiseFields,
})
export type PlumblineField = z.infer<typeof plumblineField>
