import { stat } from 'node:fs/promises'
import type { Checkpoint } from './checkpoint.ts'
import type { ResolvedModel } from './fetch/resolve.ts'
import { readGgufCheckpoint } from './gguf/gguf-checkpoint.ts'
import { readFolderCheckpoint } from './safetensors/folder-checkpoint.ts'
import { refuseFile } from './tensor-table.ts'

/**
 * Reads what the files of a model say of it: a GGUF file, or a folder with config.json and safetensors. Tensors'
 * bytes are not read. Throws `not_configured` for files that are cut short, contradict themselves or can't be used.
 */
export async function readCheckpoint({ path }: Pick<ResolvedModel, 'path'>): Promise<Checkpoint> {
  const found = await stat(path).catch((cause) => refuseFile(path, "can't be read; check the path", cause))
  return found.isDirectory() ? readFolderCheckpoint(path) : readGgufCheckpoint(path)
}
