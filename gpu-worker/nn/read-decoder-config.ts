import { open } from 'node:fs/promises'
import type { Checkpoint } from '../weights/checkpoint.ts'
import { dequantise } from '../weights/encoding/dequantise.ts'
import { readBytes } from '../weights/file-bytes.ts'
import { type DecoderConfig, decoderConfig } from './decoder-config.ts'

/**
 * Reads what a checkpoint says of its decoder, with the one tensor that is no weight: by what GGUF divides the
 * frequencies of llama 3. Throws as `decoderConfig` does.
 */
export async function readDecoderConfig(checkpoint: Checkpoint): Promise<DecoderConfig> {
  const tensor = checkpoint.tensors.get('rope_freqs.weight')
  if (!tensor) return decoderConfig(checkpoint, null)
  await using file = await open(tensor.file, 'r')
  const bytes = await readBytes(file, tensor.file, tensor.offset, tensor.bytes)
  return decoderConfig(checkpoint, dequantise(bytes, tensor.encoding))
}
