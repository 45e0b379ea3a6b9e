import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type ErrorCode, PlumblineError } from '../../shared/protocol/error.ts'

const PREFIX = '.partial-'
const ABANDONED_MS = 24 * 60 * 60 * 1000

/**
 * Lends `work` an empty folder inside `parent`, on the same disk as what will be renamed out of it, and removes
 * it afterwards. Folders that a killed process left behind go after a day. Throws `not_configured` when the disk
 * is full or may not be written.
 */
export function withPartialFolder<T>(parent: string, work: (folder: string) => Promise<T>): Promise<T> {
  return diskErrors(parent, async () => {
    await mkdir(parent, { recursive: true })
    await sweepAbandoned(parent, (name) => name.startsWith(PREFIX))
    const folder = await mkdtemp(join(parent, PREFIX))
    try {
      return await work(folder)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

/** Removes those entries of a folder that nothing was put into for a day. */
export async function sweepAbandoned(parent: string, swept: (name: string) => boolean): Promise<void> {
  for (const name of await readdir(parent)) {
    const left = join(parent, name)
    if (swept(name) && (await isAbandoned(left))) await rm(left, { recursive: true, force: true })
  }
}

const MODEL_ADVICE = 'or set PLUMBLINE_HOME to a folder with room for the model'

/**
 * Throws `storage_full` where what `work` does to a folder fails for want of room, `not_configured` where it may not be
 * written; `advice` ends its sentence.
 */
export async function diskErrors<T>(
  folder: string,
  work: () => Promise<T>,
  advice = MODEL_ADVICE,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw complaint(folder, error, advice) ?? error
  }
}

const COMPLAINTS: Readonly<Record<string, { code: ErrorCode; what: string }>> = {
  ENOSPC: { code: 'storage_full', what: 'The disk is full' },
  EDQUOT: { code: 'storage_full', what: 'Your quota of the disk is used up' },
  EACCES: { code: 'not_configured', what: 'The folder may not be written' },
  EPERM: { code: 'not_configured', what: 'The folder may not be written' },
  EROFS: { code: 'not_configured', what: 'The disk is read-only' },
}

function complaint(folder: string, error: unknown, advice: string): PlumblineError | null {
  const found = error instanceof Error && 'code' in error ? COMPLAINTS[String(error.code)] : undefined
  if (found === undefined) return null
  return new PlumblineError(found.code, `${found.what} (${folder}); change that, ${advice}.`, {
    cause: error,
  })
}

async function isAbandoned(path: string): Promise<boolean> {
  const within = await readdir(path).catch(() => [])
  const times = [path, ...within.map((name) => join(path, name))].map(
    async (entry) => (await stat(entry)).mtimeMs,
  )
  const latest = await Promise.all(times).catch(() => [Number.POSITIVE_INFINITY])
  return Date.now() - Math.max(...latest) > ABANDONED_MS
}
