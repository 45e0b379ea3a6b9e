import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { sha256OfFile } from '../digest.ts'
import { diskErrors, sweepAbandoned, withPartialFolder } from '../partial-folder.ts'
import type { OnProgress } from '../progress.ts'
import type { ResolvedModel } from './resolve.ts'

/** Verified models live at `<home>/models/<digest>/<name>`, a GGUF file or a folder: being there is being whole. */
function folderOf(home: string, digest: string): string {
  return join(home, 'models', digest)
}

/** The model of this digest; null where it is not here. */
export async function cachedModel(home: string, digest: string): Promise<ResolvedModel | null> {
  const folder = folderOf(home, digest)
  const [found] = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return found ? { path: join(folder, found.name), digest } : null
}

/** Moves a verified file or folder into the cache in one step. Another process may have done the same. */
export async function publishModel(
  home: string,
  digest: string,
  name: string,
  from: string,
): Promise<ResolvedModel> {
  const path = join(folderOf(home, digest), name)
  await mkdir(dirname(path), { recursive: true })
  await rename(from, path).catch(async (cause) => {
    if (!(await cachedModel(home, digest))) throw cause
  })
  return { path, digest }
}

/**
 * Lets `fetch` write a file into a folder of its own, checks it, and moves it into the cache in one step.
 * Throws `not_configured` for other bytes than promised.
 */
export function cacheModel(
  home: string,
  digest: string,
  onProgress: OnProgress,
  fetch: (folder: string) => Promise<string>,
): Promise<ResolvedModel> {
  return withPartialFolder(join(home, 'models'), async (partial) => {
    const name = await fetch(partial)
    onProgress({ phase: 'verify', done: 0, total: 0, detail: `Checking ${name}` })
    const actual = await sha256OfFile(join(partial, name))
    if (actual === digest) return publishModel(home, digest, name, join(partial, name))
    throw new PlumblineError(
      'not_configured',
      `${name} arrived with SHA-256 ${actual} instead of ${digest}; fetch it again or give file:path.`,
    )
  })
}

/**
 * Lends `work` the folder in which the downloads under a name go on, whoever began them. It stays when they are cut
 * off, and goes when they end well, or after some days.
 */
export function withDownloads<T>(
  home: string,
  name: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const parent = join(home, 'models', 'downloads')
  const folder = join(parent, encodeURIComponent(name))
  return diskErrors(parent, async () => {
    await mkdir(folder, { recursive: true })
    await sweepAbandoned(parent, (entry) => entry !== encodeURIComponent(name))
    const result = await work(folder)
    await rm(folder, { recursive: true, force: true })
    return result
  })
}
