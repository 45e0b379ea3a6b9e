import * as z from 'zod'
import { chatMessage } from '../../../dialects/chat-messages.ts'
import { messagesSample, plainTexts, templatedSample } from '../../../dialects/conversation.ts'
import type { Dialect } from '../../../dialects/dialect.ts'
import type { Sample } from '../../../dialects/sample.ts'
import { inferenceDialect, originFields, originOf, stamp, tokensOf, told } from '../inference-dialect.ts'
import { activationFields, isRaw, vllmUsage } from './vllm-fields.ts'

/** A whole conversation, or a list of them, as vLLM's pooling routes take it. */
export const conversationFields = {
  model: z.string().nullish(),
  input: plainTexts.optional().describe('Conversations, each one text in a known chat template.'),
  messages: z.array(chatMessage).optional().describe('One conversation, the last message the response.'),
}

/** The samples of such a body. Throws `invalid_request` where it holds no conversation. */
export function readConversations(body: z.infer<z.ZodObject<typeof conversationFields>>): Sample[] {
  const { input, messages } = body
  if (messages !== undefined && input === undefined) return [messagesSample(messages, 0, 'messages')]
  if (typeof input === 'string') return [templatedSample(input, 0, 'input')]
  return (input ?? []).map((text, index) => templatedSample(text, index, `input.${index}`))
}

/** A body has one of the two. */
export const hasConversation = ({ input, messages }: { input?: unknown; messages?: unknown }) =>
  input !== undefined || messages !== undefined

export const noConversation = { message: 'must be text or a list of texts', path: ['input'] }

/** vLLM's `/classify` (contracts.md 4.1), which verl asks for `data[-1].probs[-1]`. */
export const vllmClassify: Dialect = inferenceDialect('vllm/classify', {
  client: 'vLLM POST /classify: verl, and whatever asks a reward model on vLLM',
  marks: ['input'],
  request: z
    .looseObject({ ...conversationFields, ...activationFields })
    .refine(hasConversation, noConversation),
  reply: z.object({
    ...{ id: z.string(), object: z.literal('list'), created: z.int(), model: z.string() },
    data: z.array(
      z.object({
        index: z.int(),
        label: z.literal('LABEL_0'),
        probs: z.tuple([z.number()]),
        num_classes: z.literal(1),
        ...originFields,
      }),
    ),
    usage: vllmUsage,
  }),
  example: {
    request: {
      model: 'plumbline',
      input: ['<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>'],
    },
    reply: (_, score) => ({
      object: 'list',
      data: [{ index: 0, label: 'LABEL_0', probs: [score], num_classes: 1, judgments: ['jdg_...'] }],
    }),
  },
  read: (body) => readConversations(body),
  write: (scored, _, body) => ({
    body: {
      ...stamp('classify', body.model),
      object: 'list',
      data: scored.map((one, index) => ({
        ...{ index, label: 'LABEL_0', probs: [told(one, isRaw(body))], num_classes: 1 },
        ...originOf(one),
      })),
      usage: tokensOf(scored),
    },
  }),
})
