import type { Encoding } from './encoding/encoding.ts'

/** A tensor as a checkpoint's file holds it. */
export type CheckpointTensor = {
  /** Slowest axis first: [out, in] for a linear layer. */
  shape: readonly number[]
  encoding: Encoding
  /** The file it lies in, and its first byte there. */
  file: string
  offset: number
  bytes: number
}

/** What a model's files say of it. `setting` reads GGUF metadata or config.json. */
export type Checkpoint = {
  /** For messages: the GGUF file, or the folder with config.json. */
  path: string
  format: 'gguf' | 'safetensors'
  /** GGUF's `general.architecture` or config.json's `model_type`. */
  architecture: string
  settings: Settings
  /** By the name that the file gives them. */
  tensors: ReadonlyMap<string, CheckpointTensor>
  tokenizer: TokenizerFiles
}

/** Named values of a checkpoint. A key may be a path: `rope_scaling.factor`. A value that is absent or of another type is refused by name. */
export interface Settings {
  has(key: string): boolean
  number(key: string, fallback?: number): number
  string(key: string, fallback?: string): string
  boolean(key: string, fallback: boolean): boolean
  numbers(key: string): number[]
  strings(key: string): string[]
}

/** tokenizer.json and tokenizer_config.json, or what a GGUF file says in their place. */
export type TokenizerFiles = { tokenizer: object; config: object }
