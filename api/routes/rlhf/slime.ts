import * as z from 'zod'
import type { Message } from '../../../shared/protocol/message.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { type Sample, sampleLabel } from '../../dialects/sample.ts'
import { readPrompt, withoutClosing } from '../../dialects/templated-text.ts'

const chatMessage = z.looseObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
})

/** slime's and miles's body (contracts.md 1.2). Fields beside these are their own affair. */
const slimeRequest = z.looseObject({
  prompt: z.union([
    z.string().min(1, 'must not be empty'),
    z
      .array(chatMessage)
      .refine((messages) => messages.some(({ content }) => content !== ''), 'must hold a message'),
  ]),
  response: z.string(),
  label: sampleLabel.optional(),
})

/** `/rlhf/slime`: what `--rm-type remote_rm --rm-url` calls, a sample at a time. The body is the reward. */
export const slime: Dialect = numbersOnly({
  name: 'slime',
  client: 'slime and miles: --rm-type remote_rm --rm-url URL',
  patienceMs: 120_000,
  marks: ['prompt', 'response'],
  request: slimeRequest,
  reply: z.union([
    z.number(),
    z.object({ score: z.number(), judgments: z.array(z.string()), substituted: z.boolean() }),
  ]),
  example: {
    request: { prompt: [{ role: 'user', content: '2+2?' }], response: '4', label: '4' },
    reply: (reward, _, settings) => (settings.reply === 'object' ? { score: reward } : reward),
  },
  read: (body) => [toSample(body)],
  write([scored], { reply }) {
    const { reward = null, judgments = [], substituted = false } = scored ?? {}
    const headers = {
      'x-plumbline-judgments': judgments.join(','),
      ...(substituted && { 'x-plumbline-substituted': '1' }),
    }
    return { body: reply === 'object' ? { score: reward, judgments, substituted } : reward, headers }
  },
})

function toSample({ prompt, response, label }: z.infer<typeof slimeRequest>): Sample {
  const read =
    typeof prompt === 'string' ? readPrompt(prompt.toWellFormed()) : { prompt: spoken(prompt), begun: '' }
  return {
    index: 0,
    id: null,
    prompt: read.prompt,
    response: withoutClosing(read.begun + response.toWellFormed()),
    label: label?.toWellFormed() ?? null,
    labelParam: 'label',
  }
}

/** Messages without the empty ones, such as the open turn of the assistant, and without fields of others. */
function spoken(messages: z.infer<typeof chatMessage>[]): Message[] {
  return messages
    .filter(({ content }) => content !== '')
    .map(({ role, content }) => ({ role, content: content.toWellFormed() }))
}
