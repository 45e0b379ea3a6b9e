import { realpath } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { PlumblineError } from '../../shared/protocol/error.ts'

/** What a PEFT adapter consists of. */
const FILES = ['adapter_config.json', 'adapter_model.safetensors']

/**
 * The folder of an adapter under the root that adapters may lie in, links followed. `path` is relative to the root,
 * or absolute. Throws `forbidden` for what lies elsewhere, itself or by a link, and `invalid_request` where a file
 * of an adapter is missing.
 */
export async function adapterFolder(root: string, path: string): Promise<string> {
  const outside = new PlumblineError(
    'forbidden',
    `'${path}' is not in the worker's folder of adapters: put it under PLUMBLINE_ADAPTERS.`,
    { param: 'path' },
  )
  const asked = resolve(root, path)
  const top = await realpath(root).catch(() => null)
  if (top === null) throw missing(path, `'${root}'`)
  if (![resolve(root), top].some((within) => isWithin(within, asked))) throw outside
  const folder = await realpath(asked).catch(() => null)
  if (folder === null) throw missing(path, `'${path}'`)
  if (!isWithin(top, folder)) throw outside
  for (const file of FILES) {
    const target = await realpath(join(folder, file)).catch(() => null)
    if (target === null) throw missing(path, `'${file}' in '${path}'`)
    if (!isWithin(top, target)) throw outside
  }
  return folder
}

function isWithin(root: string, path: string): boolean {
  const way = relative(root, path)
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function missing(path: string, what: string): PlumblineError {
  return new PlumblineError(
    'invalid_request',
    `There is no ${what} on the worker: an adapter is a folder with ${FILES.join(' and ')} under PLUMBLINE_ADAPTERS.`,
    { param: 'path', cause: path },
  )
}
