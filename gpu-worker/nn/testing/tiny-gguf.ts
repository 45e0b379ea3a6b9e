import { writeFile } from 'node:fs/promises'
import type { TinyModel } from './tiny-models.ts'
import { type TinyTensor, tinyTensors } from './tiny-tensors.ts'

const UINT32 = 4
const FLOAT32 = 6
const STRING = 8
const ALIGNMENT = 32

const NAMES: readonly [RegExp, string][] = [
  [/^model\.embed_tokens/, 'token_embd'],
  [/^model\.norm/, 'output_norm'],
  [/^lm_head/, 'output'],
  [/^model\.layers\.(\d+)\.input_layernorm/, 'blk.$1.attn_norm'],
  [/^model\.layers\.(\d+)\.self_attn\.([qk])_norm/, 'blk.$1.attn_$2_norm'],
  [/^model\.layers\.(\d+)\.self_attn\.([qkv])_proj/, 'blk.$1.attn_$2'],
  [/^model\.layers\.(\d+)\.self_attn\.o_proj/, 'blk.$1.attn_output'],
  [/^model\.layers\.(\d+)\.mlp\.(\w+)_proj/, 'blk.$1.ffn_$2'],
]
const GEMMA_NAMES: readonly [RegExp, string][] = [
  [/^model\.layers\.(\d+)\.post_attention_layernorm/, 'blk.$1.post_attention_norm'],
  [/^model\.layers\.(\d+)\.pre_feedforward_layernorm/, 'blk.$1.ffn_norm'],
  [/^model\.layers\.(\d+)\.post_feedforward_layernorm/, 'blk.$1.post_ffw_norm'],
]
const LLAMA_NAMES: readonly [RegExp, string][] = [
  [/^model\.layers\.(\d+)\.post_attention_layernorm/, 'blk.$1.ffn_norm'],
]

/** Writes a tiny model as a GGUF file, its tensors arranged as llama.cpp's converter does. */
export async function writeTinyGguf(path: string, model: TinyModel): Promise<void> {
  const tensors = ggufTensors(model)
  const settings = metadata(model)
  let offset = 0
  const table = tensors.map(([name, { shape, values }]) => {
    const info = [
      text(name),
      uint32(shape.length),
      ...shape.toReversed().map(uint64),
      uint32(0),
      uint64(offset),
    ]
    offset += padded(values.byteLength)
    return Buffer.concat(info)
  })
  const head = Buffer.concat([
    ...[Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(settings.length)],
    ...[...settings, ...table],
  ])
  const data = tensors.map(([, { values }]) => fill(Buffer.from(values.buffer)))
  await writeFile(path, Buffer.concat([fill(head), ...data]))
}

function ggufTensors(model: TinyModel): [string, TinyTensor][] {
  const { config } = model
  const gemma = model.gguf === 'gemma3'
  const names = [...NAMES, ...(gemma ? GEMMA_NAMES : LLAMA_NAMES)]
  const renamed = Array.from(tinyTensors(model), ([name, { shape, values }]): [string, TinyTensor] => {
    const [pattern, to] = names.find(([known]) => known.test(name)) ?? [/$/, '']
    const heads = model.gguf === 'llama' ? rowsByHeads(name, config) : null
    const stored = heads ? neighbours({ shape, values }, heads) : { shape, values }
    const norm = gemma && name.endsWith('norm.weight')
    return [name.replace(pattern, to), norm ? { shape, values: values.map((value) => value + 1) } : stored]
  })
  const factors = llama3Factors(config)
  return factors ? [...renamed, ['rope_freqs.weight', { shape: [factors.length], values: factors }]] : renamed
}

function rowsByHeads(name: string, config: TinyModel['config']): number | null {
  if (name.includes('.q_proj.')) return config.num_attention_heads
  return name.includes('.k_proj.') ? config.num_key_value_heads : null
}

/** Rows i and i + half of each head become rows 2i and 2i + 1. */
function neighbours({ shape, values }: TinyTensor, heads: number): TinyTensor {
  const [rows = 0, columns = 1] = shape
  const size = rows / heads
  const out = new Float32Array(values.length)
  for (let row = 0; row < rows; row++) {
    const within = row % size
    const to = row - within + 2 * (within % (size / 2)) + Math.floor(within / (size / 2))
    out.set(values.subarray(row * columns, (row + 1) * columns), to * columns)
  }
  return { shape, values: out }
}

/** How many times slower each pair of channels turns, where config.json asks for llama 3's scaling. */
function llama3Factors(config: TinyModel['config']): Float32Array<ArrayBuffer> | null {
  const scaling = config.rope_scaling
  if (typeof scaling !== 'object' || scaling === null || !('low_freq_factor' in scaling)) return null
  const {
    factor,
    low_freq_factor: low,
    high_freq_factor: high,
    original_max_position_embeddings: trained,
  } = Object.fromEntries(Object.entries(scaling).map(([key, value]) => [key, Number(value)]))
  if (factor === undefined || low === undefined || high === undefined || trained === undefined) return null
  return Float32Array.from({ length: config.head_dim / 2 }, (_, i) => {
    const wave = 2 * Math.PI * Number(config.rope_theta) ** ((2 * i) / config.head_dim)
    if (wave < trained / high) return 1
    if (wave > trained / low) return factor
    const smooth = (trained / wave - low) / (high - low)
    return 1 / ((1 - smooth) / factor + smooth)
  })
}

function metadata({ config, gguf }: TinyModel): Buffer[] {
  const number = (key: string, type: typeof UINT32 | typeof FLOAT32, value: unknown) =>
    Buffer.concat([
      text(`${gguf}.${key}`),
      uint32(type),
      type === UINT32 ? uint32(Number(value)) : float32(Number(value)),
    ])
  const string = (key: string, value: string) => Buffer.concat([text(key), uint32(STRING), text(value)])
  const scaling = config.rope_scaling
  const linear = typeof scaling === 'object' && scaling !== null && !('low_freq_factor' in scaling)
  const rope = config.rope_parameters
  const theta =
    typeof rope === 'object' && rope !== null && 'rope_theta' in rope ? rope.rope_theta : config.rope_theta
  return [
    string('general.architecture', gguf),
    number('block_count', UINT32, config.num_hidden_layers),
    number('embedding_length', UINT32, config.hidden_size),
    number('feed_forward_length', UINT32, config.intermediate_size),
    number('attention.head_count', UINT32, config.num_attention_heads),
    number('attention.head_count_kv', UINT32, config.num_key_value_heads),
    number('attention.key_length', UINT32, config.head_dim),
    number('context_length', UINT32, config.max_position_embeddings),
    number('attention.layer_norm_rms_epsilon', FLOAT32, config.rms_norm_eps),
    number('rope.freq_base', FLOAT32, theta),
    ...(config.sliding_window ? [number('attention.sliding_window', UINT32, config.sliding_window)] : []),
    ...(linear && 'factor' in scaling
      ? [
          string(`${gguf}.rope.scaling.type`, 'linear'),
          number('rope.scaling.factor', FLOAT32, scaling.factor),
        ]
      : []),
  ]
}

function padded(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT
}

function fill(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)])
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint64(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}
