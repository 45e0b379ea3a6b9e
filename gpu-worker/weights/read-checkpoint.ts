import type { Checkpoint } from './checkpoint.ts'
import { readGgufCheckpoint } from './gguf-checkpoint.ts'
import type { ResolvedModel } from './resolve.ts'

/**
 * Reads what the files of a model say of it: a GGUF file, or a folder with config.json and safetensors. Tensors'
 * bytes are not read. Throws `not_configured` for files that are cut short, contradict themselves or can't be used.
 */
export function readCheckpoint({ path }: Pick<ResolvedModel, 'path'>): Promise<Checkpoint> {
  return readGgufCheckpoint(path)
}
