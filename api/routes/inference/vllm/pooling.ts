import * as z from 'zod'
import type { Dialect } from '../../../dialects/dialect.ts'
import { encodeFloats, encodingFields } from '../floats.ts'
import { inferenceDialect, originFields, originOf, stamp, tokensOf, told } from '../inference-dialect.ts'
import { conversationFields, hasConversation, noConversation, readConversations } from './classify.ts'
import { activationFields, isRaw, vllmUsage } from './vllm-fields.ts'

/** vLLM's `/pooling` of a reward model (contracts.md 4.1): one number a conversation. */
export const vllmPooling: Dialect = inferenceDialect('vllm/pooling', {
  client: 'vLLM POST /pooling of a reward model',
  marks: ['input'],
  request: z
    .looseObject({ ...conversationFields, ...activationFields, ...encodingFields })
    .refine(hasConversation, noConversation),
  reply: z.object({
    ...{ id: z.string(), object: z.literal('list'), created: z.int(), model: z.string() },
    data: z.array(
      z.object({
        index: z.int(),
        object: z.literal('pooling'),
        data: z.union([z.tuple([z.number()]), z.string()]),
        ...originFields,
      }),
    ),
    usage: vllmUsage,
  }),
  example: {
    request: {
      model: 'plumbline',
      messages: [
        { role: 'user', content: '2+2?' },
        { role: 'assistant', content: '4' },
      ],
    },
    reply: (_, score) => ({
      object: 'list',
      data: [{ index: 0, object: 'pooling', data: [score], judgments: ['jdg_...'] }],
    }),
  },
  read: (body) => readConversations(body),
  write: (scored, _, body) => ({
    body: {
      ...stamp('pool', body.model),
      object: 'list',
      data: scored.map((one, index) => ({
        ...{ index, object: 'pooling', data: encodeFloats([told(one, isRaw(body))], body.encoding_format) },
        ...originOf(one),
      })),
      usage: tokensOf(scored),
    },
  }),
})
