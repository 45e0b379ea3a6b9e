import * as z from 'zod'
import { answerSample } from '../../dialects/conversation.ts'
import type { Dialect } from '../../dialects/dialect.ts'
import type { Rewarded } from '../../dialects/sample.ts'
import { document, documents } from './document.ts'
import { inferenceDialect, originFields, originOf, stamp, tokensOf, told } from './inference-dialect.ts'
import { activationFields, isRaw } from './vllm/vllm-fields.ts'

/** What is reranked: the query is the prompt and the documents are the responses. */
const rerankRequest = z.looseObject({
  model: z.string().nullish(),
  query: document,
  documents,
  top_n: z.int().min(0).nullish().describe('How many results; all for 0 or nothing.'),
  return_documents: z.boolean().nullish(),
  ...activationFields,
})

const count = z.int()

const rerankReply = z.object({
  ...{ id: z.string(), object: z.literal('list'), created: count, model: z.string() },
  results: z.array(
    z.object({
      index: z.int().describe('The place of the document in the body.'),
      relevance_score: z.number(),
      document: z.object({ text: z.string() }).optional(),
      ...originFields,
    }),
  ),
  usage: z.object({ prompt_tokens: count, completion_tokens: count, total_tokens: count }),
  meta: z.object({ tokens: z.object({ input_tokens: count, output_tokens: count }) }),
})

/**
 * A `/rerank` of the shape that Jina gave it and that vLLM and Cohere share (contracts.md 4.1, 4.4): the best result
 * first, its place in the body as `index`.
 */
export function rerank(
  name: string,
  client: string,
  showsDocuments: boolean,
  refuse?: Dialect['refuse'],
): Dialect {
  return inferenceDialect(name, {
    client,
    marks: ['query', 'documents'],
    ...(refuse && { refuse }),
    request: rerankRequest,
    reply: rerankReply,
    example: {
      request: { model: 'plumbline', query: '2+2?', documents: ['4'], top_n: 1 },
      reply: (_, relevance_score) => ({ results: [{ index: 0, relevance_score, judgments: ['jdg_...'] }] }),
    },
    read: ({ query, documents }) => documents.map((text, index) => answerSample(query, text, index, 'query')),
    write(scored, _, body) {
      const { prompt_tokens, completion_tokens, total_tokens } = tokensOf(scored)
      const shown = body.return_documents ?? showsDocuments
      return {
        body: {
          ...stamp('rerank', body.model),
          object: 'list',
          results: ranked(scored, isRaw(body), body.top_n).map(({ index, value, one }) => ({
            ...{ index, relevance_score: value },
            ...(shown && { document: { text: body.documents[index] ?? '' } }),
            ...originOf(one),
          })),
          usage: { prompt_tokens, completion_tokens, total_tokens },
          meta: { tokens: { input_tokens: prompt_tokens, output_tokens: completion_tokens } },
        },
      }
    },
  })
}

/** The best first, of equal ones the one that was sent first; as many as asked for. */
export function ranked(scored: readonly Rewarded[], raw: boolean, most: number | null | undefined) {
  return scored
    .map((one, index) => ({ index, value: told(one, raw), one }))
    .toSorted((a, b) => b.value - a.value)
    .slice(0, most || scored.length)
}
