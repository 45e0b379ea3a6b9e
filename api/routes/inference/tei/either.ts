import * as z from 'zod'
import type { Dialect } from '../../../dialects/dialect.ts'
import { teiPredict } from './predict.ts'
import { teiRerank } from './rerank.ts'

/** TEI's own root, which is `/predict` of a classifier and `/rerank` of a reranker: the body tells. */
export const teiEither: Dialect = {
  ...teiPredict,
  name: 'tei',
  client: 'Text Embeddings Inference POST /',
  marks: [...teiPredict.marks, ...teiRerank.marks],
  request: z.union([teiPredict.request, teiRerank.request]),
  reply: z.union([teiPredict.reply, teiRerank.reply]),
  answer(body, settings, score) {
    const reranked = typeof body === 'object' && body !== null && 'texts' in body
    return (reranked ? teiRerank : teiPredict).answer(body, settings, score)
  },
}
