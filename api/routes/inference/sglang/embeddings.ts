import * as z from 'zod'
import type { Dialect } from '../../../dialects/dialect.ts'
import { encodeFloats, encodingFields } from '../floats.ts'
import { inferenceDialect, originFields, originOf, stamp, tokensOf } from '../inference-dialect.ts'
import { conversationFields, hasConversation, noConversation, readConversations } from '../vllm/classify.ts'
import { vllmUsage } from '../vllm/vllm-fields.ts'

/**
 * SGLang's `/v1/embeddings` of a reward model, which verl asks for `data[-1].embedding[-1]` (contracts.md 2.1): a list of
 * one number, the reward as it is. It embeds nothing.
 */
export const sglangEmbeddings: Dialect = inferenceDialect('sglang/v1/embeddings', {
  client: 'SGLang POST /v1/embeddings of a reward model: verl',
  marks: ['input'],
  request: z
    .looseObject({ ...conversationFields, ...encodingFields })
    .refine(hasConversation, noConversation),
  reply: z.object({
    ...{ object: z.literal('list'), model: z.string() },
    data: z.array(
      z.object({
        object: z.literal('embedding'),
        index: z.int(),
        embedding: z.union([z.tuple([z.number()]), z.string()]),
        ...originFields,
      }),
    ),
    usage: vllmUsage,
  }),
  example: {
    request: {
      model: 'plumbline',
      input: '<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n4<|im_end|>',
    },
    reply: (reward) => ({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding: [reward], judgments: ['jdg_...'] }],
    }),
  },
  read: (body) => readConversations(body),
  write: (scored, _, body) => ({
    body: {
      ...stamp('embd', body.model),
      object: 'list',
      data: scored.map((one, index) => ({
        ...{ object: 'embedding', index, embedding: encodeFloats([one.reward], body.encoding_format) },
        ...originOf(one),
      })),
      usage: tokensOf(scored),
    },
  }),
})
