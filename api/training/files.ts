import { sha256OfBytes } from '../../shared/identity/hash.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { type FileObject, readUpload } from '../../shared/protocol/files.ts'
import { LIMITS } from '../platform/limits.ts'
import type { Platform } from '../platform/platform.ts'

/** An organisation's files, as text in parts. */
export type Files = {
  /** Throws `invalid_request` for a form that is no upload or text that is not UTF-8. */
  upload(organisation: string, form: FormData): Promise<FileObject>
  list(organisation: string): Promise<FileObject[]>
  /** Null where there is none. */
  find(organisation: string, id: string): Promise<FileObject | null>
  /** Throws `file_not_found`. */
  require(organisation: string, id: string): Promise<FileObject>
  content(organisation: string, id: string): Promise<Blob>
  delete(organisation: string, id: string): Promise<void>
}

export function createFiles({ training, now }: Pick<Platform, 'training' | 'now'>): Files {
  const seconds = () => Math.floor(now() / 1000)

  async function find(organisation: string, id: string): Promise<FileObject | null> {
    const file = await training.file(organisation, id)
    if (file === null || file.expires_at === null || file.expires_at > seconds()) return file
    await training.deleteFile(organisation, id)
    return null
  }

  async function require(organisation: string, id: string): Promise<FileObject> {
    const file = await find(organisation, id)
    if (file) return file
    throw new PlumblineError(
      'file_not_found',
      `There is no file '${id.slice(0, 64)}': send it to POST /v1/files first.`,
    )
  }

  return {
    find,
    require,
    list: (organisation) => training.files(organisation),

    async upload(organisation, form) {
      const { file, purpose, expiresAfter } = readUpload(form)
      const bytes = await file.arrayBuffer()
      const text = decode(bytes)
      const id = `file-${(await sha256OfBytes(bytes)).slice(0, 32)}`
      const kept = cut(text, LIMITS.filePartCharacters)
      for (const [number, part] of kept.entries()) await training.keepPart(organisation, id, number, part)
      const before = await find(organisation, id)
      const head: FileObject = {
        id,
        object: 'file',
        bytes: bytes.byteLength,
        created_at: before?.created_at ?? seconds(),
        expires_at: expiresAfter === null ? null : seconds() + expiresAfter,
        filename: file.name.slice(0, 255),
        purpose,
        status: 'processed',
      }
      await training.keepFile(organisation, head)
      return head
    },

    async content(organisation, id) {
      await require(organisation, id)
      const parts: string[] = []
      for (;;) {
        const part = await training.part(organisation, id, parts.length)
        if (part === null) return new Blob(parts, { type: 'application/octet-stream' })
        parts.push(part)
      }
    },

    async delete(organisation, id) {
      await require(organisation, id)
      await training.deleteFile(organisation, id)
    },
  }
}

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new PlumblineError('invalid_request', "'file' is not UTF-8 text: encode it as UTF-8.", {
      param: 'file',
      cause,
    })
  }
}

/** Parts of at most so many UTF-16 units, none of which ends within a character. */
function cut(text: string, length: number): string[] {
  const parts: string[] = []
  for (let at = 0; at < text.length; ) {
    const end = at + length
    const high = end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] ?? '')
    parts.push(text.slice(at, high ? end - 1 : end))
    at = high ? end - 1 : end
  }
  return parts
}
