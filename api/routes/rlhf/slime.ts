import { Hono } from 'hono'
import * as z from 'zod'
import type { Message } from '../../../shared/protocol/message.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { Rewards } from '../../judging/rewards.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'
import { describeDialect } from './describe.ts'
import { type Sample, sampleLabel } from './sample.ts'
import { scoreSamples } from './score-samples.ts'
import { readSettings } from './settings.ts'
import { readPrompt, withoutClosing } from './templated-text.ts'

const chatMessage = z.looseObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
})

/** slime's and miles's body (contracts.md 1.2). Fields beside these are their own affair. */
export const slimeRequest = z.looseObject({
  prompt: z.union([
    z.string().min(1, 'must not be empty'),
    z
      .array(chatMessage)
      .refine((messages) => messages.some(({ content }) => content !== ''), 'must hold a message'),
  ]),
  response: z.string(),
  label: sampleLabel.optional(),
})

/** `POST /rlhf/slime`: what `--rm-type remote_rm --rm-url` calls, a sample at a time. The body is the reward. */
export function slimeRoutes(rewards: Rewards) {
  return new Hono<Edge>()
    .get('/', (c) => c.json(describeDialect('slime', c.req.url, readSettings(c.req.query()))))
    .post('/', async (c) => {
      const settings = readSettings(c.req.query())
      const sample = toSample(parseWith(slimeRequest, await readJson(c)))
      const [scored] = await scoreSamples([sample], settings, rewards, c.get('call'))
      const { reward = null, judgments = [], substituted = false } = scored ?? {}
      c.header('x-plumbline-judgments', judgments.join(','))
      if (substituted) c.header('x-plumbline-substituted', '1')
      return c.json(settings.reply === 'object' ? { score: reward, judgments, substituted } : reward)
    })
}

function toSample({ prompt, response, label }: z.infer<typeof slimeRequest>): Sample {
  const read =
    typeof prompt === 'string' ? readPrompt(prompt.toWellFormed()) : { prompt: spoken(prompt), begun: '' }
  return {
    index: 0,
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
