import { Tokenizer as Pipeline } from '@huggingface/tokenizers'
import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { TokenizerFiles } from '../weights/checkpoint.ts'
import { bytesOfToken } from './byte-level.ts'
import { bytesOfPiece } from './sentencepiece.ts'
import { cachedEncoder } from './token-cache.ts'
import { wordCuts } from './word-cuts.ts'

export type Tokenizer = {
  readonly vocabulary: number
  /** The strings that stand for control tokens (`<|im_end|>`), none for a model without them. */
  readonly control: ReadonlyMap<string, number>
  /** No text has fewer tokens than its characters by this. */
  readonly longest: number
  /** The tokens that end a reply. */
  readonly ends: ReadonlySet<number>
  /**
   * Tokens of plain text: whatever it contains, never a control token. A byte that no token writes (some
   * vocabularies lack a few that UTF-8 text rarely holds) is left out. Some more than `most` stand for all that are
   * more. Throws `invalid_request` for a text whose long words take too long to cut, see `cachedEncoder`.
   */
  encode(text: string, most?: number): number[]
  /** What the token writes, as UTF-8; a control token writes its name. */
  bytes(id: number): Uint8Array
  isControl(id: number): boolean
}

const END_NAMES = ['<|endoftext|>', '<|im_end|>', '<|eot_id|>', '<|end|>', '<end_of_turn>', '<eos>']
/** The most characters that Unicode's composition makes one. */
const COMPOSED = 4

/** A token's name as tokenizer_config.json gives it: by itself, or with how it is matched. */
export const tokenName = z.union([
  z.string(),
  z.object({ content: z.string() }).transform(({ content }) => content),
])

const addedToken = z.looseObject({ id: z.int(), content: z.string(), special: z.boolean().default(false) })
const files = z.object({
  tokenizer: z.looseObject({
    model: z.looseObject({ type: z.literal('BPE'), vocab: z.record(z.string(), z.int()) }),
    normalizer: z.unknown().optional(),
    pre_tokenizer: z.unknown().optional(),
    added_tokens: z.array(addedToken).default([]),
  }),
  config: z.object({
    chat_template: z.string().nullish(),
    eos_token: tokenName.nullish(),
    eos_token_id: z.array(z.int()).default([]),
  }),
})
type Parsed = z.infer<typeof files>

/** A BPE tokenizer over bytes or of SentencePiece's kind. Throws `not_configured` for any other. */
export function createTokenizer(tokenizerFiles: TokenizerFiles): Tokenizer {
  const parsed = files.safeParse(tokenizerFiles)
  const bytes = parsed.success ? writtenBytes(parsed.data) : null
  if (!parsed.success || !bytes) return refuse(parsed.error)
  const { tokenizer, config } = parsed.data

  const byteLevel = bytes === bytesOfToken
  const control = new Map(
    tokenizer.added_tokens
      .filter((token) => byteLevel || isControl(token, config.chat_template ?? ''))
      .map(({ content, id }) => [content, id]),
  )
  const plainAdded = tokenizer.added_tokens.filter(({ content }) => !control.has(content))
  const controlIds = new Set(control.values())
  const tokens: string[] = []
  for (const [token, id] of Object.entries(tokenizer.model.vocab)) tokens[id] = token
  for (const { id, content } of tokenizer.added_tokens) tokens[id] = content

  const withoutControl = { ...tokenizer, post_processor: null, added_tokens: plainAdded }
  const pipeline = openPipeline(withoutControl)
  const ends = [config.eos_token ?? '', ...END_NAMES].flatMap((name) => control.get(name) ?? [])
  return {
    vocabulary: tokens.length,
    control,
    ends: new Set([...config.eos_token_id, ...ends]),
    longest: COMPOSED * tokens.reduce((most, token) => Math.max(most, token.length), 1),
    encode: cachedEncoder(wordCuts(withoutControl), (piece) => pipeline.encode(piece).ids),
    bytes: (id) => {
      const token = tokens[id] ?? ''
      return controlIds.has(id) ? new TextEncoder().encode(token) : bytes(token)
    },
    isControl: (id) => controlIds.has(id),
  }
}

/** Which bytes a token stands for, by what kind of tokenizer it is of; null for neither of the two. */
function writtenBytes({ tokenizer }: Parsed): ((token: string) => Uint8Array) | null {
  const says = (part: unknown, what: string) => JSON.stringify(part ?? null).includes(`"${what}"`)
  if (says(tokenizer.pre_tokenizer, 'ByteLevel')) return bytesOfToken
  return tokenizer.model.byte_fallback === true && says(tokenizer.decoder, 'ByteFallback')
    ? bytesOfPiece
    : null
}

/** Of SentencePiece's added tokens, some are ordinary text: runs of line breaks, tags of HTML. */
function isControl({ content, special }: z.infer<typeof addedToken>, template: string): boolean {
  return special || (content.trim() !== '' && template.includes(content))
}

function openPipeline(tokenizer: object): Pipeline {
  try {
    return new Pipeline(tokenizer, {})
  } catch (cause) {
    return refuse(cause)
  }
}

function refuse(cause: unknown): never {
  throw new PlumblineError(
    'not_configured',
    "The model's tokenizer is none that can be read; use a model whose tokenizer.json is BPE over bytes or with byte fallback.",
    { cause },
  )
}
