import * as z from 'zod'
import { parseWith } from '../parse.ts'
import { text } from '../text.ts'
import { epochFields } from './epochs.ts'
import { trainingFields } from './training.ts'

/** Training on replies as they stand. */
export const supervisedSettings = z
  .strictObject({ ...trainingFields, ...epochFields })
  .meta({ id: 'SupervisedSettings' })
export type SupervisedSettings = z.infer<typeof supervisedSettings>

/** A turn as OpenAI's training files have it. Tools and images are refused by name. */
const turn = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: text,
  name: z.string().optional().describe('Read and not used.'),
  weight: z
    .union([z.literal(0), z.literal(1)])
    .optional()
    .describe("Of an assistant's turn: 0 is context alone."),
})

const conversation = z
  .object({ messages: z.array(turn).min(1, 'must hold a message') })
  .refine(
    ({ messages }) => messages.every(({ role, weight }) => weight === undefined || role === 'assistant'),
    { message: "gives a weight to a turn that is not the assistant's: remove it", path: ['messages'] },
  )
  .refine(({ messages }) => messages.some(({ role, weight }) => role === 'assistant' && weight !== 0), {
    message: 'holds no turn of the assistant to learn: add one, or remove its weight of 0',
    path: ['messages'],
  })
export type Conversation = z.infer<typeof conversation>

/** A line of a training file: `messages`. Fields beside them are not read. */
export function readConversation(line: object): Conversation {
  return parseWith(conversation, line)
}
