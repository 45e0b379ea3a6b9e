import * as z from 'zod'
import type { CheckpointTensor, TokenizerFiles } from './checkpoint.ts'
import { refuseFile } from './tensor-table.ts'

const id = z.int().nonnegative()
const schema = z.object({
  model: z.object({ vocab: z.union([z.record(z.string(), id), z.array(z.unknown())]) }),
  added_tokens: z.array(z.looseObject({ id, content: z.string() })).default([]),
})

/**
 * The files, fit for an embedding of so many rows; a model may have more rows than tokens. Added tokens without a
 * row are left out where the chat template doesn't write them: a text model keeps those of its sibling that sees.
 * Throws `not_configured` for a tokenizer that belongs to another model.
 */
export function fittingTokenizer(
  path: string,
  files: TokenizerFiles,
  tensors: ReadonlyMap<string, CheckpointTensor>,
): TokenizerFiles {
  const parsed = schema.safeParse(files.tokenizer)
  if (!parsed.success)
    return refuseFile(path, 'has a tokenizer without vocabulary; fetch it again', parsed.error)
  const { model, added_tokens } = parsed.data
  const embedding = [...tensors].find(([name]) => /(^|\.)(token_embd|embed_tokens)\.weight$/.test(name))
  const rows = embedding?.[1].shape[0] ?? Number.POSITIVE_INFINITY
  const template = 'chat_template' in files.config ? String(files.config.chat_template) : ''
  const kept = added_tokens.filter((token) => token.id < rows || template.includes(token.content))
  const own = Array.isArray(model.vocab) ? [model.vocab.length - 1] : Object.values(model.vocab)
  const largest = [...own, ...kept.map((token) => token.id)].reduce((most, next) => Math.max(most, next), -1)
  if (largest < rows) return { ...files, tokenizer: { ...files.tokenizer, added_tokens: kept } }
  return refuseFile(
    path,
    `has a tokenizer with a token ${largest} and an embedding of ${rows} rows; give it the tokenizer of its own model`,
  )
}
