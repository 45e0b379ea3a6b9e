import * as z from 'zod'
import { answerSample, plainText } from '../../../dialects/conversation.ts'
import type { Dialect } from '../../../dialects/dialect.ts'
import { inferenceDialect, originFields, originOf } from '../inference-dialect.ts'
import { ranked } from '../rerank.ts'
import { refuseMany } from './predict.ts'
import { refuseAsTei } from './tei-refusal.ts'

/** TEI's `/rerank` (contracts.md 4.3): the query is the prompt, the texts are the responses, the best comes first. */
export const teiRerank: Dialect = inferenceDialect('tei/rerank', {
  client: 'Text Embeddings Inference POST /rerank',
  marks: ['query', 'texts'],
  refuse: refuseAsTei,
  request: z.looseObject({
    query: plainText,
    texts: z.array(plainText).min(1, 'must hold a text'),
    raw_scores: z.boolean().nullish(),
    return_text: z.boolean().nullish(),
  }),
  reply: z.array(
    z.object({
      index: z.int(),
      text: z.string().optional(),
      score: z.number(),
      ...originFields,
    }),
  ),
  example: {
    request: { query: '2+2?', texts: ['4'] },
    reply: (_, score) => [{ index: 0, score, judgments: ['jdg_...'], substituted: false }],
  },
  read({ query, texts }) {
    refuseMany(texts.length, 'texts')
    return texts.map((text, index) => answerSample(query, text, index, 'query'))
  },
  write: (scored, _, { texts, raw_scores, return_text }) => ({
    body: ranked(scored, raw_scores === true, null).map(({ index, value, one }) => ({
      index,
      ...(return_text && { text: texts[index] ?? '' }),
      score: value,
      ...originOf(one),
    })),
  }),
})
