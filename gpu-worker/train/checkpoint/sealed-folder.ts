import { mkdir, mkdtemp, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import * as z from 'zod'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import { sha256OfFile } from '../../weights/digest.ts'
import { diskErrors } from '../../weights/partial-folder.ts'
import { writeDurable } from '../../weights/write-durable.ts'

/** Names each file of a folder with its SHA-256. */
const DIGESTS = 'digests.json'
const PARTIAL = '.partial-'

const digests = z.record(z.string(), z.string())

/**
 * Writes a folder all at once: `write` fills one beside it, whose files are digested and brought to the disk before it
 * takes the folder's place. Whatever fails or is killed on the way, the folder that was there stays. Throws
 * `storage_full` where the disk is full, `not_configured` where it may not be written; `advice` ends the sentence.
 */
export function writeSealed(
  folder: string,
  write: (partial: string) => Promise<void>,
  advice: string,
): Promise<void> {
  const parent = dirname(folder)
  return diskErrors(parent, () => fillAndRename(parent, folder, write), advice)
}

async function fillAndRename(
  parent: string,
  folder: string,
  write: (partial: string) => Promise<void>,
): Promise<void> {
  await mkdir(parent, { recursive: true })
  const partial = await mkdtemp(join(parent, PARTIAL))
  const replaced = `${partial}-replaced`
  try {
    await write(partial)
    const found = await digestsOf(partial)
    await writeDurable(join(partial, DIGESTS), JSON.stringify(Object.fromEntries(found), null, 2))
    for (const path of await foldersOf(partial)) await syncPath(path)
    await rename(folder, replaced).catch(ignoreAbsent)
    await rename(partial, folder)
    await syncPath(parent)
  } finally {
    await rm(partial, { recursive: true, force: true })
    await rm(replaced, { recursive: true, force: true })
  }
}

/** Why a folder is not as it was sealed, as a part of a sentence; null where it is. */
export async function brokenSeal(folder: string): Promise<string | null> {
  const text = await readFile(join(folder, DIGESTS), 'utf8').catch(() => '')
  const sealed = digests.safeParse(jsonOrNull(text))
  if (!sealed.success) return `has no ${DIGESTS} that can be read`
  const found = await digestsOf(folder).catch(() => new Map<string, string>())
  found.delete(DIGESTS)
  const names = new Set([...Object.keys(sealed.data), ...found.keys()])
  const wrong = [...names].find((name) => found.get(name) !== sealed.data[name])
  return wrong === undefined ? null : `holds ${wrong} otherwise than it was written`
}

/** Removes what killed writers of a folder's neighbours left; none may be writing. */
export async function sweepPartial(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (name.startsWith(PARTIAL)) await rm(join(parent, name), { recursive: true, force: true })
  }
}

async function digestsOf(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const found = new Map<string, string>()
  for (const path of paths.sort()) {
    await syncPath(path)
    found.set(relative(folder, path), await sha256OfFile(path))
  }
  return found
}

async function foldersOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const inner = entries.filter((entry) => entry.isDirectory())
  return [...inner.map((entry) => join(entry.parentPath, entry.name)), folder]
}

/** Brings a file's bytes, or the names in a folder, to the disk. */
async function syncPath(path: string): Promise<void> {
  await using file = await open(path, 'r')
  await file.sync()
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}
