import * as z from 'zod'
import { plainText } from '../../dialects/conversation.ts'
import { LIMITS } from '../../platform/limits.ts'

const part = z.looseObject({
  type: z.literal('text', 'must be text: images are not judged'),
  text: z.string(),
})

/** A query or a document as rerankers take it: text, or an object that holds it. */
export const document = z.union([
  plainText,
  z.looseObject({ text: plainText }).transform(({ text }) => text),
  z
    .looseObject({ content: z.array(part).min(1, 'must hold a part') })
    .transform(({ content }) => content.map(({ text }) => text).join('')),
])

export const documents = z.array(document).min(1, 'must hold a document').max(LIMITS.dialectResponses)
