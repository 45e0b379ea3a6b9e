import type { Settings, TokenizerFiles } from './checkpoint.ts'
import { refuseFile } from './tensor-table.ts'

const PREFIX = 'tokenizer.ggml'
/** GGUF token types: control tokens steer the model, user-defined ones are added strings. */
const ADDED_TYPES = new Set([3, 4])
const END_KEYS = ['eos_token_id', 'eot_token_id', 'eom_token_id']

/** How text is cut before merging, by GGUF's name for it. */
const PRE_TOKENIZERS: Readonly<Record<string, readonly object[]>> = {
  smollm: [
    { type: 'Digits', individual_digits: true },
    { type: 'ByteLevel', add_prefix_space: false, use_regex: true },
  ],
}

/** What tokenizer.json and tokenizer_config.json would say, from GGUF metadata. Throws `not_configured` for a kind we don't know. */
export function ggufTokenizer(path: string, settings: Settings): TokenizerFiles {
  const kind = settings.string(`${PREFIX}.model`)
  const pre = settings.string(`${PREFIX}.pre`, 'default')
  const pretokenizers = PRE_TOKENIZERS[pre]
  if (kind !== 'gpt2' || !pretokenizers) {
    return refuseFile(
      path,
      `has a tokenizer of the kind ${kind} with ${pre} splitting; use a model with gpt2 and ` +
        Object.keys(PRE_TOKENIZERS).join(' or '),
    )
  }
  const tokens = settings.strings(`${PREFIX}.tokens`)
  const types = settings.numbers(`${PREFIX}.token_type`)
  const named = (key: string) =>
    settings.has(`${PREFIX}.${key}`) ? (tokens[settings.number(`${PREFIX}.${key}`)] ?? '') : ''
  return {
    tokenizer: {
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: settings.strings(`${PREFIX}.merges`),
      },
      normalizer: null,
      pre_tokenizer: { type: 'Sequence', pretokenizers },
      post_processor: null,
      decoder: { type: 'ByteLevel' },
      added_tokens: tokens.flatMap((content, id) =>
        ADDED_TYPES.has(types[id] ?? 1) ? [{ id, content, special: true }] : [],
      ),
    },
    config: {
      chat_template: settings.string('tokenizer.chat_template', ''),
      bos_token: named('bos_token_id'),
      eos_token: named('eos_token_id'),
      eos_token_id: END_KEYS.filter((key) => settings.has(`${PREFIX}.${key}`)).map((key) =>
        settings.number(`${PREFIX}.${key}`),
      ),
    },
  }
}
