import { readdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { digestOfAll, rememberedSha256 } from '../digest.ts'
import { modelFiles } from '../safetensors/model-folder.ts'
import type { ResolvedModel, ResolveOptions } from './resolve.ts'

/** A model on this machine: a GGUF file, or a folder. Throws `not_configured` where there is none. */
export async function localModel(path: string, options: ResolveOptions): Promise<ResolvedModel> {
  try {
    const folder = (await stat(path)).isDirectory()
    return { path, digest: folder ? await folderDigest(path, options) : await fileDigest(path, options) }
  } catch (cause) {
    options.signal?.throwIfAborted()
    if (PlumblineError.isInstance(cause)) throw cause
    throw new PlumblineError('not_configured', `No weights file can be read at ${path}; check the path.`, {
      cause,
    })
  }
}

function fileDigest(path: string, { home, onProgress, signal }: ResolveOptions): Promise<string> {
  onProgress({ phase: 'verify', done: 0, total: 0, detail: `Reading ${basename(path)}` })
  return rememberedSha256(home, path, signal)
}

async function folderDigest(folder: string, options: ResolveOptions): Promise<string> {
  const names = modelFiles(await readdir(folder))
  if (!names) {
    throw new PlumblineError(
      'not_configured',
      `${folder} is no whole model; it needs config.json, tokenizer.json and model.safetensors, or give a GGUF file.`,
    )
  }
  const digests = new Map<string, string>()
  for (const name of names) digests.set(name, await fileDigest(join(folder, name), options))
  return digestOfAll(digests)
}
