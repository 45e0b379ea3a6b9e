import type { Checkpoint } from '../../weights/checkpoint.ts'

/** What the layers of a family do in its own way. */
export type FamilyTraits = {
  /** Of the feed-forward block's gate; `gelu` is the tanh approximation. */
  activation: 'silu' | 'gelu'
  /** Queries, keys and values have biases. */
  qkvBias: boolean
  /** Each head of queries and keys is normalised before it turns. */
  queryKeyNorm: boolean
  /** Attention and the feed-forward block have a norm behind them too, before the residual is added. */
  postNorms: boolean
}

export type Sizes = {
  layers: number
  hidden: number
  feedForward: number
  heads: number
  kvHeads: number
  headSize: number
}

/** What tells one family of decoders from another. A family is a file beside this one and a line of the table. */
export type Family = {
  name: string
  /** What `general.architecture` (GGUF) and `model_type` (config.json) call it. */
  architectures: { gguf: readonly string[]; safetensors: readonly string[] }
  traits: FamilyTraits
  /** GGUF stores the rows of queries and keys so that the two channels that turn together are neighbours. */
  neighboursInGguf: boolean
  /** Norms scale by 1 + w where the files are safetensors; GGUF's have the 1 added. */
  normsPlusOne: boolean
  /** Of tokens' embeddings; 1 by default. */
  embeddingScale?: (sizes: Sizes) => number
  /** Of attention's scores; 1 / sqrt(headSize) by default. */
  scoreScale?: (checkpoint: Checkpoint, sizes: Sizes) => number
  /** Which layers look back a window alone, and the base of their frequencies. Absent where none does. */
  local?: (checkpoint: Checkpoint, sizes: Sizes) => { layers: number[]; window: number; theta: number }
  /** The base of the frequencies where the files don't say it. */
  theta: number
  /** Other values that the files may leave out. */
  defaults?: Partial<Sizes & { context: number; normEpsilon: number }>
}

/** A key of the checkpoint's settings: GGUF's begin with the architecture's name. */
export function settingKey({ format, architecture }: Checkpoint, key: string): string {
  return format === 'gguf' ? `${architecture}.${key}` : key
}
