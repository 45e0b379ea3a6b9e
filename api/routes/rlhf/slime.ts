import * as z from 'zod'
import { chatMessages, readChat } from '../../dialects/chat-messages.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { type Sample, sampleLabel } from '../../dialects/sample.ts'
import type { DialectSettings } from '../../dialects/settings.ts'
import { readPrompt, withoutClosing } from '../../dialects/templated-text.ts'

/** slime's and miles's body (contracts.md 1.2). Fields beside these are their own affair. */
const slimeRequest = z.looseObject({
  prompt: z.union([z.string().min(1, 'must not be empty'), chatMessages]),
  response: z.string(),
  label: sampleLabel.optional(),
})

/** `/rlhf/slime`: what `--rm-type remote_rm --rm-url` calls, a sample at a time. The body is the reward. */
export const slime: Dialect = numbersOnly({
  name: 'slime',
  client: 'slime: --rm-type remote_rm --rm-url URL',
  patienceMs: 120_000,
  marks: ['prompt', 'response'],
  settings: ['reply', 'reward_key'],
  request: slimeRequest,
  reply: z.union([z.number(), z.looseObject({ judgments: z.array(z.string()), substituted: z.boolean() })]),
  example: {
    request: { prompt: [{ role: 'user', content: '2+2?' }], response: '4', label: '4' },
    reply(reward, _, settings) {
      const key = keyOf(settings)
      return key === null ? reward : { [key]: reward }
    },
  },
  read: (body) => [toSample(body)],
  write([scored], settings) {
    const { reward = null, judgments = [], substituted = false } = scored ?? {}
    const headers = {
      'x-plumbline-judgments': judgments.join(','),
      ...(substituted && { 'x-plumbline-substituted': '1' }),
    }
    const key = keyOf(settings)
    return { body: key === null ? reward : { judgments, substituted, [key]: reward }, headers }
  },
})

/** The field that `--reward-key` takes the reward from; null where the body is the reward. */
function keyOf({ reply, reward_key }: DialectSettings): string | null {
  return reward_key ?? (reply === 'object' ? 'score' : null)
}

function toSample({ prompt, response, label }: z.infer<typeof slimeRequest>): Sample {
  const read =
    typeof prompt === 'string' ? readPrompt(prompt.toWellFormed()) : { prompt: readChat(prompt), begun: '' }
  return {
    index: 0,
    id: null,
    prompt: read.prompt,
    response: withoutClosing(read.begun + response.toWellFormed()),
    label: label?.toWellFormed() ?? null,
    labelParam: 'label',
  }
}
