import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { PlumblineError } from '../../shared/protocol/error.ts'

/**
 * Writes a file so that it is whole or as it was, whenever the process or the machine ends. Throws `storage_full`
 * where the disk is.
 */
export function keepBytes(path: string, bytes: Uint8Array): void {
  const partial = `${path}.partial`
  try {
    const file = openSync(partial, 'w', 0o600)
    try {
      writeWhole(file, bytes)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(partial, path)
  } catch (error) {
    rmSync(partial, { force: true })
    throw toStorageError(error)
  }
}

/** The same of a text. */
export function keepText(path: string, text: string): void {
  keepBytes(path, Buffer.from(text))
}

/** Writes all bytes at the end of an open file: one call may take a part of them alone. */
export function writeWhole(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

/** Makes a folder for its owner alone, and those above it. Throws `storage_full`. */
export function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw toStorageError(error)
  }
}

/** A full disk as the house's own error; all else as it is. */
export function toStorageError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new PlumblineError(
    'storage_full',
    "The worker's disk is full: make room under its PLUMBLINE_HOME.",
    {
      transient: true,
      cause: error,
    },
  )
}
