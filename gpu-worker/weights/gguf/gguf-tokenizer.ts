import type { Settings, TokenizerFiles } from '../checkpoint.ts'
import { refuseFile } from '../tensor-table.ts'
import { sentencePieceMerges } from './sentencepiece-merges.ts'
import { LLAMA3_SPLIT, QWEN2_SPLIT } from './splitting.ts'

const PREFIX = 'tokenizer.ggml'
const END_KEYS = ['eos_token_id', 'eot_token_id', 'eom_token_id']
const AS_IT_STANDS = { single_word: false, lstrip: false, rstrip: false, normalized: false }
/** GGUF token types: control tokens steer the model, user-defined ones are added strings. */
const CONTROL = 3
const USER_DEFINED = 4

const BYTE_LEVEL = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true }
const BYTES_ONLY = { ...BYTE_LEVEL, use_regex: false }
const GPT2_SPLIT = { ...BYTE_LEVEL, use_regex: true }

type Splitting = { normalizer: object | null; pretokenizers: readonly object[]; ignoreMerges?: boolean }
const QWEN2: Splitting = { normalizer: { type: 'NFC' }, pretokenizers: [QWEN2_SPLIT, BYTES_ONLY] }

/** How text is cut before merging, by GGUF's name for it (`tokenizer.ggml.pre`). */
const SPLITTINGS: Readonly<Record<string, Splitting>> = {
  'gpt-2': { normalizer: null, pretokenizers: [GPT2_SPLIT] },
  smollm: { normalizer: null, pretokenizers: [{ type: 'Digits', individual_digits: true }, GPT2_SPLIT] },
  'llama-bpe': { normalizer: null, pretokenizers: [LLAMA3_SPLIT, BYTES_ONLY], ignoreMerges: true },
  qwen2: QWEN2,
  'deepseek-r1-qwen': QWEN2,
}

/** What tokenizer.json and tokenizer_config.json would say, from GGUF metadata. Throws `not_configured` for a kind we don't know. */
export function ggufTokenizer(path: string, settings: Settings): TokenizerFiles {
  const tokens = settings.strings(`${PREFIX}.tokens`)
  const types = settings.numbers(`${PREFIX}.token_type`)
  const named = (key: string) =>
    settings.has(`${PREFIX}.${key}`) ? (tokens[settings.number(`${PREFIX}.${key}`)] ?? null) : null
  const added = tokens.flatMap((content, id) => {
    const type = types[id] ?? 1
    return type === CONTROL || type === USER_DEFINED
      ? [{ id, content, special: type === CONTROL, ...AS_IT_STANDS }]
      : []
  })
  const kind = settings.string(`${PREFIX}.model`)
  return {
    tokenizer: {
      ...(kind === 'llama' ? sentencePiece(path, settings, tokens) : byteLevel(path, settings, tokens)),
      added_tokens: added,
    },
    config: {
      chat_template: settings.string('tokenizer.chat_template', '') || null,
      bos_token: named('bos_token_id'),
      eos_token: named('eos_token_id'),
      eos_token_id: END_KEYS.map((key) => `${PREFIX}.${key}`)
        .filter(settings.has)
        .map((key) => settings.number(key)),
    },
  }
}

function byteLevel(path: string, settings: Settings, tokens: readonly string[]): object {
  const kind = settings.string(`${PREFIX}.model`)
  const name = settings.string(`${PREFIX}.pre`, 'default')
  const splitting = Object.hasOwn(SPLITTINGS, name) ? SPLITTINGS[name] : undefined
  if (kind !== 'gpt2' || !splitting) {
    const known = Object.keys(SPLITTINGS).join(', ')
    return refuseFile(
      path,
      `has a tokenizer of the kind ${kind} with ${name} splitting; use a model with llama, or gpt2 and one of ${known}`,
    )
  }
  return {
    model: {
      type: 'BPE',
      vocab: vocabulary(tokens),
      merges: settings.strings(`${PREFIX}.merges`),
      ignore_merges: splitting.ignoreMerges ?? false,
    },
    normalizer: splitting.normalizer,
    pre_tokenizer: { type: 'Sequence', pretokenizers: splitting.pretokenizers },
    post_processor: null,
    decoder: GPT2_SPLIT,
  }
}

/** SentencePiece's BPE: spaces are written as a character of their own, unknown ones as bytes. */
function sentencePiece(path: string, settings: Settings, tokens: readonly string[]): object {
  if (settings.boolean(`${PREFIX}.add_space_prefix`, true)) {
    refuseFile(
      path,
      'has a tokenizer that puts a space before each text; use a model whose tokenizer does not',
    )
  }
  return {
    model: {
      type: 'BPE',
      vocab: vocabulary(tokens),
      merges: sentencePieceMerges(tokens, settings.numbers(`${PREFIX}.scores`)),
      unk_token: tokens[settings.number(`${PREFIX}.unknown_token_id`, 0)] ?? null,
      fuse_unk: true,
      byte_fallback: true,
    },
    normalizer: { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        { type: 'Replace', pattern: { String: '\u2581' }, content: ' ' },
        { type: 'ByteFallback' },
        { type: 'Fuse' },
      ],
    },
  }
}

function vocabulary(tokens: readonly string[]): Record<string, number> {
  return Object.fromEntries(tokens.map((token, id) => [token, id]))
}
