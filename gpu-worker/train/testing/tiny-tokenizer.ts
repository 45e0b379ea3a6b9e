import type { TokenizerFiles } from '../../weights/checkpoint.ts'

/** How GPT-2 cuts text before it merges: words with the space before them, numbers, marks, white space. */
const PIECES = /'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu
const CONTROL = ['<|end|>', '<|system|>', '<|user|>', '<|assistant|>'] as const
const TEMPLATE =
  '{% for message in messages %}<|{{ message.role }}|>{{ message.content }}<|end|>{% endfor %}' +
  '{% if add_generation_prompt %}<|assistant|>{% endif %}'

/** The characters that any text may be spelled with: those of ASCII that print, and the line break. */
const CHARACTERS = ['\n', ...Array.from({ length: 95 }, (_, code) => String.fromCharCode(0x20 + code))]

/**
 * The tokenizer of a tiny language: each word that the texts contain is one token, with and without the space before it
 * being two; all other words are spelled. Its chat has one control token a turn.
 */
export function tinyTokenizer(texts: readonly string[]): TokenizerFiles & { tokens: number } {
  const words = new Set(texts.flatMap((text) => text.match(PIECES) ?? []))
  const tokens = [...new Set([...CHARACTERS, ...[...words].sort()])]
  const vocab = Object.fromEntries(tokens.map((token, id) => [spelled(token), id]))
  const added_tokens = CONTROL.map((content, index) => {
    const matched = { single_word: false, lstrip: false, rstrip: false, normalized: false }
    return { id: tokens.length + index, content, special: true, ...matched }
  })
  return {
    tokenizer: {
      version: '1.0',
      normalizer: null,
      post_processor: null,
      model: { type: 'BPE', vocab, merges: [], ignore_merges: true },
      pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      decoder: { type: 'ByteLevel' },
      added_tokens,
    },
    config: { chat_template: TEMPLATE, eos_token: '<|end|>' },
    tokens: tokens.length + CONTROL.length,
  }
}

/** In the alphabet of byte-level tokenizers, which has other characters for the space and the line break. */
const spelled = (token: string) => token.replaceAll(' ', 'Ġ').replaceAll('\n', 'Ċ')
