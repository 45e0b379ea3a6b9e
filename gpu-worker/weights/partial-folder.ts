import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const PREFIX = '.partial-'
const ABANDONED_MS = 24 * 60 * 60 * 1000

/**
 * Lends `work` an empty folder inside `parent`, on the same disk as what will be renamed out of it, and removes
 * it afterwards. Folders that a killed process left behind go after a day.
 */
export async function withPartialFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(parent, { recursive: true })
  for (const name of await readdir(parent)) {
    const left = join(parent, name)
    if (name.startsWith(PREFIX) && (await isAbandoned(left))) await rm(left, { recursive: true, force: true })
  }
  const folder = await mkdtemp(join(parent, PREFIX))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > ABANDONED_MS
}
