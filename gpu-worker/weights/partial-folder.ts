import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { PlumblineError } from '../../shared/protocol/error.ts'

const PREFIX = '.partial-'
const ABANDONED_MS = 24 * 60 * 60 * 1000

/**
 * Lends `work` an empty folder inside `parent`, on the same disk as what will be renamed out of it, and removes
 * it afterwards. Folders that a killed process left behind go after a day. Throws `not_configured` when the disk
 * is full or may not be written.
 */
export function withPartialFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  return lend(parent, work).catch((error) => {
    throw complaint(parent, error) ?? error
  })
}

async function lend<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
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

const COMPLAINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'Your quota of the disk is used up',
  EACCES: 'The folder may not be written',
  EPERM: 'The folder may not be written',
  EROFS: 'The disk is read-only',
}

function complaint(folder: string, error: unknown): PlumblineError | null {
  const what = error instanceof Error && 'code' in error ? COMPLAINTS[String(error.code)] : undefined
  if (what === undefined) return null
  return new PlumblineError(
    'not_configured',
    `${what} (${folder}); change that, or set PLUMBLINE_HOME to a folder with room for the model.`,
    { cause: error },
  )
}

async function isAbandoned(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > ABANDONED_MS
}
