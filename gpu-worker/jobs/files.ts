import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { type FileObject, fileId, fileObject } from '../../shared/protocol/files.ts'
import { keepBytes, keepText, makeFolder } from './keep.ts'

export type NewFile = {
  bytes: Uint8Array
  filename: string
  /** Seconds from now; null where it is to stay. */
  expiresAfter: number | null
  /** The organisation that an edge sends it for; null where it was sent straight to the worker. */
  caller: string | null
}

/** The files of a worker: a folder each, named after the hash of the content. */
export type Files = {
  /** Throws `storage_full`. */
  keep(file: NewFile): FileObject
  /** Throws `file_not_found`. */
  find(id: string): FileObject
  /** The same of a file that was sent for this organisation, or by nobody's edge. */
  findFor(caller: string | null, id: string): FileObject
  /** Where the content of a file lies that `find` found. */
  contentPath(id: string): string
  /** Newest first. */
  all(): FileObject[]
  delete(id: string): void
}

const CONTENT = 'content.jsonl'
const HEAD = 'file.json'
const CALLERS = 'callers.json'

const callers = z.array(z.string().nullable())

export function openFiles(root: string, now: () => number): Files {
  makeFolder(root)
  const seconds = () => Math.floor(now() / 1000)
  const folderOf = (id: string) => join(root, id)

  /** Null where there is none; what has expired is removed. */
  function read(id: string): FileObject | null {
    const path = join(folderOf(id), HEAD)
    if (!fileId.safeParse(id).success || !existsSync(path)) return null
    const file = fileObject.parse(JSON.parse(readFileSync(path, 'utf8')))
    if (file.expires_at === null || file.expires_at > seconds()) return file
    rmSync(folderOf(id), { recursive: true, force: true })
    return null
  }

  function find(id: string): FileObject {
    const file = read(id)
    if (file) return file
    throw noSuchFile(id)
  }

  /** Those for whom a file was sent; null stands for whoever sent it straight here. */
  function callersOf(id: string): (string | null)[] {
    const path = join(folderOf(id), CALLERS)
    return existsSync(path) ? callers.parse(JSON.parse(readFileSync(path, 'utf8'))) : [null]
  }

  return {
    find,
    contentPath: (id) => join(folderOf(id), CONTENT),
    findFor(caller, id) {
      const file = find(id)
      const callers = callersOf(id)
      if (caller !== null && !callers.includes(null) && !callers.includes(caller)) throw noSuchFile(id)
      return file
    },
    keep({ bytes, filename, expiresAfter, caller }) {
      const digest = createHash('sha256').update(bytes).digest('hex')
      const id = `file-${digest.slice(0, 32)}`
      const before = read(id)
      const expires = expiresAfter === null ? null : seconds() + expiresAfter
      const stays = before?.expires_at === null || expires === null
      const file: FileObject = {
        id,
        object: 'file',
        bytes: bytes.length,
        created_at: before?.created_at ?? seconds(),
        expires_at: stays ? null : Math.max(expires, before?.expires_at ?? 0),
        filename,
        purpose: 'fine-tune',
        status: 'processed',
      }
      makeFolder(folderOf(id))
      if (!before) keepBytes(join(folderOf(id), CONTENT), bytes)
      const callers = new Set([...(before ? callersOf(id) : []), caller])
      keepText(join(folderOf(id), CALLERS), JSON.stringify([...callers]))
      keepText(join(folderOf(id), HEAD), JSON.stringify(file))
      return file
    },
    all: () =>
      readdirSync(root)
        .map(read)
        .filter((file) => file !== null)
        .toSorted((a, b) => b.created_at - a.created_at || (a.id < b.id ? -1 : 1)),
    delete(id) {
      rmSync(folderOf(find(id).id), { recursive: true, force: true })
    },
  }
}

function noSuchFile(id: string): PlumblineError {
  return new PlumblineError(
    'file_not_found',
    `There is no file '${id.slice(0, 64)}': send it to POST /v1/files first.`,
  )
}
