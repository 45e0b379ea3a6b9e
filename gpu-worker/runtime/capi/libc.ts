import { closeSync, fstatSync, openSync } from 'node:fs'
import koffi from 'koffi'
import { PlumblineError } from '../../../shared/protocol/error.ts'

const READABLE = 1
const PRIVATE = 2
/** What mmap answers where it can't: (void *) -1. */
const FAILED = 0xffff_ffff_ffff_ffffn
/** Of a cache line, and of the widest vector register. */
const ALIGNMENT = 64

export type MappedFile = { pointer: bigint; bytes: number; unmap(): void }

export type Libc = ReturnType<typeof declareLibc>

let declared: Libc | null = null

/** What we use of the C library, declared once in a thread. Pointers are addresses: JavaScript reads through none. */
export function openLibc(): Libc {
  declared ??= declareLibc()
  return declared
}

function declareLibc() {
  const library = koffi.load('libc.so.6')
  const alignedAlloc = library.func('void *aligned_alloc(size_t alignment, size_t bytes)')
  const free = library.func('void free(void *memory)')
  const memmove = library.func('void *memmove(void *to, const void *from, size_t bytes)')
  const mmap = library.func(
    'void *mmap(void *at, size_t bytes, int access, int flags, int file, int64_t offset)',
  )
  const munmap = library.func('int munmap(void *memory, size_t bytes)')
  return {
    /** Not cleared. Throws where there is no room. */
    allocate(bytes: number): bigint {
      const memory: bigint | null = alignedAlloc(
        ALIGNMENT,
        Math.max(1, Math.ceil(bytes / ALIGNMENT)) * ALIGNMENT,
      )
      if (memory !== null) return memory
      throw new PlumblineError('internal', `There is no memory for a tensor of ${bytes} bytes.`)
    },
    free(memory: bigint): void {
      free(memory)
    },
    /** Copies bytes; the ranges may overlap. An array stands for its first byte. */
    copy(to: bigint | Uint8Array, from: bigint | Uint8Array, bytes: number): void {
      if (bytes > 0) memmove(to, from, bytes)
    },
    /** A file's bytes as memory that is read from the disk on first use and dropped when memory is short. */
    map(path: string): MappedFile {
      const file = openFile(path)
      try {
        const bytes = fstatSync(file).size
        const pointer: bigint = mmap(null, bytes, READABLE, PRIVATE, file, 0)
        if (pointer === FAILED) {
          throw new PlumblineError('internal', `${path} could not be mapped into memory.`)
        }
        return { pointer, bytes, unmap: () => void munmap(pointer, bytes) }
      } finally {
        closeSync(file)
      }
    },
  }
}

function openFile(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    throw new PlumblineError(
      'not_configured',
      `The weights file ${path} can't be opened: remove its folder and start again, so that it is made anew.`,
      { cause },
    )
  }
}
