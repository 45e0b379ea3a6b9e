import * as z from 'zod'
import type { CheckpointTensor, TokenizerFiles } from './checkpoint.ts'
import { refuseFile } from './tensor-table.ts'

const id = z.int().nonnegative()
const ids = z.object({
  model: z.object({ vocab: z.union([z.record(z.string(), id), z.array(z.unknown())]) }),
  added_tokens: z.array(z.object({ id })).default([]),
})

/**
 * Gives the files back where the embedding has a row for each of their tokens. A model may have more rows than
 * tokens. Throws `not_configured` for a tokenizer that belongs to another model.
 */
export function fittingTokenizer(
  path: string,
  files: TokenizerFiles,
  tensors: ReadonlyMap<string, CheckpointTensor>,
): TokenizerFiles {
  const parsed = ids.safeParse(files.tokenizer)
  if (!parsed.success)
    return refuseFile(path, 'has a tokenizer without vocabulary; fetch it again', parsed.error)
  const { model, added_tokens } = parsed.data
  const own = Array.isArray(model.vocab) ? [model.vocab.length - 1] : Object.values(model.vocab)
  const largest = [...own, ...added_tokens.map((token) => token.id)].reduce(
    (most, next) => Math.max(most, next),
    -1,
  )
  const embedding = [...tensors].find(([name]) => /(^|\.)(token_embd|embed_tokens)\.weight$/.test(name))
  const rows = embedding?.[1].shape[0] ?? Number.POSITIVE_INFINITY
  if (largest < rows) return files
  return refuseFile(
    path,
    `has a tokenizer with a token ${largest} and an embedding of ${rows} rows; give it the tokenizer of its own model`,
  )
}
