import { open } from 'node:fs/promises'
import type { Checkpoint } from '../checkpoint.ts'
import { dequantise } from '../encoding/dequantise.ts'
import { readBytes } from '../file-bytes.ts'
import { floatBytes, ggufBytes, safetensorsBytes } from './model-files.ts'

const TOKENIZER = {
  model: { type: 'BPE', vocab: { a: 0, b: 1 }, merges: [] },
  added_tokens: [{ id: 2, content: '<end>', special: true }],
}
export const CONFIG = { model_type: 'llama', hidden_size: 4, rope_scaling: { factor: 8 }, eos_token_id: 1 }
export const TENSORS = {
  'model.embed_tokens.weight': { dtype: 'F32', shape: [3, 2], bytes: floatBytes([1, 2, 3, 4, 5, 6]) },
}
/** The files of a whole model's folder. */
export const WHOLE = {
  'config.json': CONFIG,
  'tokenizer.json': TOKENIZER,
  'tokenizer_config.json': { chat_template: 'T', eos_token: '<end>' },
  'model.safetensors': safetensorsBytes(TENSORS, { __metadata__: { format: 'pt' } }),
}
/** A model in one file. */
export const GGUF = ggufBytes(
  {
    'general.architecture': 'llama',
    'llama.block_count': 2,
    'tokenizer.ggml.model': 'gpt2',
    'tokenizer.ggml.pre': 'qwen2',
    'tokenizer.ggml.tokens': ['a', 'b', '<end>'],
    'tokenizer.ggml.token_type': [1, 1, 3],
    'tokenizer.ggml.merges': ['a b'],
    'tokenizer.ggml.eos_token_id': 2,
  },
  {
    'token_embd.weight': { shape: [3, 2], type: 0, bytes: floatBytes([1, 2, 3, 4, 5, 6]) },
    vector: { shape: [32], type: 8, bytes: Uint8Array.from([0, 0x3c, ...Array(32).fill(2)]) },
  },
)
/** The numbers of a checkpoint's tensor. */
export async function values(checkpoint: Checkpoint, name: string): Promise<number[]> {
  const tensor = checkpoint.tensors.get(name)
  if (!tensor) throw new Error(`no ${name}`)
  await using file = await open(tensor.file, 'r')
  return [...dequantise(await readBytes(file, tensor.file, tensor.offset, tensor.bytes), tensor.encoding)]
}
