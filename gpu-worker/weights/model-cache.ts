import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { sha256OfFile } from './digest.ts'
import { withPartialFolder } from './partial-folder.ts'
import type { OnProgress } from './progress.ts'
import type { ResolvedModel } from './resolve.ts'

/** Verified files live at `<home>/models/<sha256>/<name>`: being there is being whole. */
function folderOf(home: string, digest: string): string {
  return join(home, 'models', digest)
}

export async function cachedModel(home: string, digest: string): Promise<ResolvedModel | null> {
  const folder = folderOf(home, digest)
  const names: string[] = await readdir(folder).catch(() => [])
  const name = names.find((entry) => entry.endsWith('.gguf'))
  return name === undefined ? null : { path: join(folder, name), digest }
}

/**
 * Lets `fetch` write a file into a folder of its own, checks it, and moves it into the cache in one step.
 * `digest` is null where the source states none. Throws `not_configured` for other bytes than promised.
 */
export function cacheModel(
  home: string,
  digest: string | null,
  onProgress: OnProgress,
  fetch: (folder: string) => Promise<string>,
): Promise<ResolvedModel> {
  return withPartialFolder(join(home, 'models'), async (partial) => {
    const name = await fetch(partial)
    onProgress({ phase: 'verify', done: 0, total: 0, detail: `Checking ${name}` })
    const actual = await sha256OfFile(join(partial, name))
    if (digest !== null && actual !== digest) {
      throw new PlumblineError(
        'not_configured',
        `${name} arrived with SHA-256 ${actual} instead of ${digest}; fetch it again or give file:path.`,
      )
    }
    const folder = folderOf(home, actual)
    await mkdir(folder, { recursive: true })
    await rename(join(partial, name), join(folder, name))
    return { path: join(folder, name), digest: actual }
  })
}
