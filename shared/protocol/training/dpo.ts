import * as z from 'zod'
import { type Message, message, prompt, toMessages } from '../message.ts'
import { parseWith } from '../parse.ts'
import { text } from '../text.ts'
import { epochFields } from './epochs.ts'
import { trainingFields } from './training.ts'

/** Direct preference optimisation (arXiv 2305.18290). */
export const dpoSettings = z
  .strictObject({
    ...trainingFields,
    ...epochFields,
    beta: z
      .number()
      .positive('must be above 0: 0.1 is usual')
      .max(100)
      .default(0.1)
      .describe('How much a departure from the reference costs.'),
    supervised: z
      .number()
      .min(0, 'must be at least 0')
      .max(100)
      .default(0)
      .describe(
        "Times the preferred reply's negative log-likelihood a token, added to the loss; Rubric-ARM takes 0.2.",
      ),
  })
  .meta({ id: 'DpoSettings' })
export type DpoSettings = z.infer<typeof dpoSettings>

/** A conversation and two replies, of which the first is preferred. */
export type Preference = { prompt: Message[]; preferred: string; other: string }

const reply = z
  .array(z.strictObject({ role: z.literal('assistant'), content: text }))
  .length(1, 'must hold one message of the assistant')

/** OpenAI's preference format. */
const openai = z
  .object({
    input: z.object({ messages: z.array(message).min(1, 'must hold a message') }),
    preferred_output: reply,
    non_preferred_output: reply,
  })
  .transform(
    ({ input, preferred_output, non_preferred_output }): Preference => ({
      prompt: input.messages,
      preferred: preferred_output[0]?.content ?? '',
      other: non_preferred_output[0]?.content ?? '',
    }),
  )

/** Our own pairs, as `plumbline eval` reads them too. */
const pair = z
  .object({
    prompt,
    responses: z.tuple([text, text], 'must hold exactly two responses'),
    winner: z.enum(['first', 'second']).optional(),
    label: z.enum(['first', 'second']).optional().describe('The same.'),
  })
  .refine(({ winner, label }) => (winner === undefined) !== (label === undefined), {
    message: 'or label is needed, and only one of them',
    path: ['winner'],
  })
  .transform(({ prompt, responses: [first, second], winner, label }): Preference => {
    const [preferred, other] = (winner ?? label) === 'first' ? [first, second] : [second, first]
    return { prompt: toMessages(prompt), preferred, other }
  })

const chosen = z.union([text, reply.transform(([turn]) => turn?.content ?? '')])

/** What `plumbline export dpo --for trl` writes. */
const trl = z
  .object({ prompt, chosen, rejected: chosen })
  .transform(
    (row): Preference => ({ prompt: toMessages(row.prompt), preferred: row.chosen, other: row.rejected }),
  )

/**
 * A line of a training file: OpenAI's `input`, `preferred_output`, `non_preferred_output`; `prompt`, `responses`,
 * `winner`; or `prompt`, `chosen`, `rejected`. Fields beside them are not read.
 */
export function readPreference(line: object): Preference {
  if ('input' in line) return parseWith(openai, line)
  return 'chosen' in line || 'rejected' in line ? parseWith(trl, line) : parseWith(pair, line)
}
