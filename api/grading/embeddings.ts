import * as z from 'zod'
import type { TokenCount } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { countUsage } from '../chat/count-usage.ts'
import { limitedFetch, type Outbound } from '../models/limited-fetch.ts'
import { failedReply, readJson } from '../models/model-reply.ts'

const embeddingList = z.object({
  data: z.array(z.object({ index: z.int().optional(), embedding: z.array(z.number()) })),
})

/**
 * A vector for each text, of the OpenAI-compatible server of a model entry, and what it took. Throws what calls to
 * models do, and `reply_invalid` where the vectors are not as many as the texts or of different lengths.
 */
export async function embed(
  entry: ModelEntry,
  texts: string[],
  outbound: Outbound,
): Promise<{ vectors: number[][]; tokens: TokenCount }> {
  const body = JSON.stringify({ model: entry.model, input: texts, encoding_format: 'float' })
  const reply = await limitedFetch(entry, '/embeddings', body, outbound)
  if (!reply.ok) throw await failedReply(entry, reply, outbound.environment)
  const said = await readJson(entry, reply)
  const parsed = embeddingList.safeParse(said)
  const vectors = parsed.success ? inOrder(parsed.data) : []
  const [first = []] = vectors
  if (vectors.length === texts.length && vectors.every(({ length }) => length === first.length))
    return { vectors, tokens: countUsage(said) }
  const message = `Model '${entry.id}' did not answer with an embedding for each text: name an entry that makes embeddings.`
  throw new PlumblineError('reply_invalid', message)
}

function inOrder({ data }: z.infer<typeof embeddingList>): number[][] {
  return data
    .map((one, place) => ({ ...one, index: one.index ?? place }))
    .toSorted((a, b) => a.index - b.index)
    .map(({ embedding }) => embedding)
}
