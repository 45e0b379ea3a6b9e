import * as z from 'zod'
import { answerSample } from '../../../dialects/conversation.ts'
import type { Dialect } from '../../../dialects/dialect.ts'
import { document, documents } from '../document.ts'
import { inferenceDialect, originFields, originOf } from '../inference-dialect.ts'
import { ranked } from '../rerank.ts'

/** SGLang's `/v1/rerank` (contracts.md 4.2): a bare list, the best first. */
export const sglangRerank: Dialect = inferenceDialect('sglang/v1/rerank', {
  client: 'SGLang POST /v1/rerank',
  marks: ['query', 'documents'],
  request: z.looseObject({
    query: document,
    documents,
    top_n: z.int().min(0).nullish(),
    return_documents: z.boolean().nullish(),
  }),
  reply: z.array(
    z.object({
      score: z.number(),
      document: z.string().nullable(),
      index: z.int(),
      meta_info: z.object(originFields),
    }),
  ),
  example: {
    request: { query: '2+2?', documents: ['4'] },
    reply: (_, score) => [{ score, document: '4', index: 0, meta_info: { judgments: ['jdg_...'] } }],
  },
  read: ({ query, documents }) => documents.map((text, index) => answerSample(query, text, index, 'query')),
  write: (scored, _, { documents, top_n, return_documents }) => ({
    body: ranked(scored, false, top_n).map(({ index, value, one }) => ({
      score: value,
      document: return_documents === false ? null : (documents[index] ?? ''),
      index,
      meta_info: originOf(one),
    })),
  }),
})
