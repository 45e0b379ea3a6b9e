import { Tokenizer as Pipeline } from '@huggingface/tokenizers'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Metadata } from '../weights/metadata.ts'
import { bytesOfToken } from './byte-level.ts'

export type Tokenizer = {
  readonly vocabulary: number
  /** The strings that stand for control tokens (`<|im_end|>`), none for a model without them. */
  readonly control: ReadonlyMap<string, number>
  /** Characters of the longest token: no text has fewer tokens than its characters by this. */
  readonly longest: number
  /** The tokens that end a reply. */
  readonly ends: ReadonlySet<number>
  /**
   * Tokens of plain text: whatever it contains, never a control token. A byte that no token writes (some
   * vocabularies lack a few that UTF-8 text rarely holds) is left out.
   */
  encode(text: string): number[]
  /** What the token writes, as UTF-8; a control token writes its name. */
  bytes(id: number): Uint8Array
  isControl(id: number): boolean
}

/** How text is cut before merging, by GGUF's name for it. */
const PRE_TOKENIZERS: Readonly<Record<string, readonly object[]>> = {
  smollm: [
    { type: 'Digits', individual_digits: true },
    { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
  ],
}

/** GGUF token types: control tokens steer the model, user-defined ones are added strings. */
const ADDED_TYPES = new Set([3, 4])
const END_KEYS = ['tokenizer.ggml.eos_token_id', 'tokenizer.ggml.eot_token_id', 'tokenizer.ggml.eom_token_id']
const END_NAMES = ['<|endoftext|>', '<|im_end|>', '<|eot_id|>', '<|end|>']

/** A byte-level BPE tokenizer from GGUF metadata. Throws `not_configured` for any other kind. */
export function createTokenizer(metadata: Metadata): Tokenizer {
  const kind = metadata.string('tokenizer.ggml.model')
  const pre = metadata.string('tokenizer.ggml.pre', 'default')
  const pretokenizers = PRE_TOKENIZERS[pre]
  if (kind !== 'gpt2' || !pretokenizers) {
    throw new PlumblineError(
      'not_configured',
      `The model's tokenizer is ${kind} with ${pre} splitting; use a model with gpt2 and ` +
        `${Object.keys(PRE_TOKENIZERS).join(' or ')}.`,
    )
  }
  const tokens = metadata.strings('tokenizer.ggml.tokens')
  const types = metadata.numbers('tokenizer.ggml.token_type')
  const vocabulary = Object.fromEntries(tokens.map((token, id) => [token, id]))
  const control = new Map(
    tokens.flatMap((token, id) => (ADDED_TYPES.has(types[id] ?? 1) ? [[token, id] as const] : [])),
  )
  const controlIds = new Set(control.values())

  const pipeline = new Pipeline(
    {
      model: { type: 'BPE', vocab: vocabulary, merges: metadata.strings('tokenizer.ggml.merges') },
      normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers },
      post_processor: null,
      decoder: { type: 'ByteLevel' },
      added_tokens: [],
    },
    {},
  )

  return {
    vocabulary: tokens.length,
    control,
    ends: endTokens(metadata, vocabulary),
    longest: tokens.reduce((most, token) => Math.max(most, token.length), 1),
    encode: (text) => (text === '' ? [] : pipeline.encode(text).ids),
    bytes: (id) => {
      const token = tokens[id] ?? ''
      return controlIds.has(id) ? new TextEncoder().encode(token) : bytesOfToken(token)
    },
    isControl: (id) => controlIds.has(id),
  }
}

function endTokens(metadata: Metadata, vocabulary: Record<string, number>): Set<number> {
  const byKey = END_KEYS.filter((key) => metadata.has(key)).map((key) => metadata.number(key))
  const byName = END_NAMES.flatMap((name) => vocabulary[name] ?? [])
  return new Set([...byKey, ...byName])
}
