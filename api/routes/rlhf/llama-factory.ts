import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { answerSample } from '../../dialects/conversation.ts'
import { type Dialect, numbersOnly } from '../../dialects/dialect.ts'
import { batchOfTexts } from '../../dialects/refuse-too-many.ts'
import type { Sample } from '../../dialects/sample.ts'
import type { DialectSettings } from '../../dialects/settings.ts'
import { splitConversation } from '../../dialects/templated-text.ts'

const BATCH_FLAG = 'per_device_train_batch_size'

/**
 * `/rlhf/llama-factory`: what `reward_model_type: api` calls with a batch (contracts.md 1.3). Each of its messages is a
 * whole conversation as text. It looks at no status: a reply without `scores` ends the run, as it should.
 */
export const llamaFactory: Dialect = numbersOnly({
  name: 'llama-factory',
  client: 'LLaMA-Factory: stage: ppo, reward_model_type: api, reward_model: URL',
  patienceMs: null,
  marks: ['messages'],
  alone: true,
  once: true,
  settings: ['turns'],
  batchFlag: BATCH_FLAG,
  request: z.looseObject({
    messages: batchOfTexts(
      BATCH_FLAG,
      z.string('must be a conversation as one text, special tokens included'),
    ),
  }),
  reply: z.object({
    id: z.string(),
    object: z.literal('score.evaluation'),
    model: z.string(),
    scores: z.array(z.number()),
    judgments: z.array(z.array(z.string())),
    substituted: z.int(),
  }),
  example: {
    request: {
      model: 'model',
      messages: ['<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>'],
    },
    reply: (reward) => toReply('model', [reward], [['jdg_...']], 0),
  },
  read: ({ messages }, settings) => messages.map((text, index) => toSample(text, index, settings)),
  write(scored, _, { model }) {
    const judgments = scored.map((one) => one.judgments)
    const substituted = scored.filter((one) => one.substituted).length
    const scores = scored.map(({ reward }) => reward)
    return { body: toReply(typeof model === 'string' ? model : 'model', scores, judgments, substituted) }
  },
})

function toReply(model: string, scores: number[], judgments: string[][], substituted: number) {
  const [first = 'none'] = judgments.flat()
  return { id: `scoreval-${first}`, object: 'score.evaluation', model, scores, judgments, substituted }
}

function toSample(text: string, index: number, { turns = 'first' }: DialectSettings): Sample {
  const split = splitConversation(text.toWellFormed(), turns)
  if (split) return answerSample(split.prompt, split.response, index, `messages.${index}`)
  const message = `'messages.${index}' is in no known chat template, so its response can't be told from its prompt: train with the template of an instruct model, such as template: qwen.`
  throw new PlumblineError('invalid_request', message, { param: `messages.${index}` })
}
