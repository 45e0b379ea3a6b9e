import * as z from 'zod'
import { answerSample, plainText, plainTexts } from '../../../dialects/conversation.ts'
import type { Dialect } from '../../../dialects/dialect.ts'
import { inferenceDialect, requireProbability, tokensOf, told } from '../inference-dialect.ts'
import { vllmUsage } from '../vllm/vllm-fields.ts'

/**
 * SGLang's `/v1/score` (contracts.md 4.2): for each item the probabilities of the tokens of `label_token_ids`. There is no
 * token here: the first stands for a good response and the second, if there is one, for a bad one, as in [yes, no].
 */
export const sglangScore: Dialect = inferenceDialect('sglang/v1/score', {
  client: 'SGLang POST /v1/score',
  marks: ['items', 'label_token_ids'],
  request: z.looseObject({
    query: plainText,
    items: plainTexts,
    label_token_ids: z
      .array(z.int())
      .min(1, 'must hold one id, or two')
      .max(2, 'must hold one id, or two: the first is taken for a good response, the second for a bad one')
      .nullish(),
    model: z.string().nullish(),
  }),
  reply: z.object({
    scores: z.array(z.array(z.number())),
    model: z.string(),
    object: z.literal('scoring'),
    usage: vllmUsage,
    judgments: z.array(z.array(z.string())),
    substituted: z.int(),
  }),
  example: {
    request: {
      model: 'plumbline',
      query: '2+2?',
      items: ['4'],
      label_token_ids: [9454, 2753],
      apply_softmax: true,
    },
    reply: (_, score) => ({ scores: [[score, 1 - score]], model: 'plumbline', object: 'scoring' }),
  },
  read({ query, items }, settings) {
    requireProbability(settings)
    const answers = typeof items === 'string' ? [items] : items
    return answers.map((item, index) => answerSample(query, item, index, 'query'))
  },
  write: (scored, _, { model, label_token_ids }) => ({
    body: {
      scores: scored.map((one) => {
        const good = told(one, false)
        return label_token_ids?.length === 2 ? [good, 1 - good] : [good]
      }),
      ...{ model: model ?? 'plumbline', object: 'scoring', usage: tokensOf(scored) },
      judgments: scored.map(({ judgments }) => judgments),
      substituted: scored.filter(({ substituted }) => substituted).length,
    },
  }),
})
