import * as z from 'zod'
import type { Dialect } from '../../../dialects/dialect.ts'
import {
  inferenceDialect,
  originFields,
  originOf,
  requireProbability,
  stamp,
  tokensOf,
  told,
} from '../inference-dialect.ts'
import { conversationFields, hasConversation, noConversation, readConversations } from '../vllm/classify.ts'
import { vllmUsage } from '../vllm/vllm-fields.ts'

/**
 * SGLang's `/v1/classify` (contracts.md 4.2), whose probabilities sum to 1: bad, then good. The score is the second, which
 * is also the last.
 */
export const sglangV1Classify: Dialect = inferenceDialect('sglang/v1/classify', {
  client: 'SGLang POST /v1/classify',
  marks: ['input'],
  request: z.looseObject(conversationFields).refine(hasConversation, noConversation),
  reply: z.object({
    ...{ id: z.string(), object: z.literal('list'), created: z.int(), model: z.string() },
    data: z.array(
      z.object({
        index: z.int(),
        label: z.enum(['LABEL_0', 'LABEL_1']),
        probs: z.tuple([z.number(), z.number()]),
        num_classes: z.literal(2),
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
    reply: (_, score) => ({
      object: 'list',
      data: [{ index: 0, label: 'LABEL_1', probs: [1 - score, score], num_classes: 2 }],
    }),
  },
  read(body, settings) {
    requireProbability(settings)
    return readConversations(body)
  },
  write: (scored, _, body) => ({
    body: {
      ...stamp('classify', body.model),
      object: 'list',
      data: scored.map((one, index) => {
        const good = told(one, false)
        return {
          ...{ index, label: good >= 0.5 ? 'LABEL_1' : 'LABEL_0', probs: [1 - good, good], num_classes: 2 },
          ...originOf(one),
        }
      }),
      usage: tokensOf(scored),
    },
  }),
})
