import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'
import koffi from 'koffi'
import { PlumblineError } from '../../../shared/protocol/error.ts'

/** The version that our table was checked with; its second number is also that of the API it gives. */
const RELEASE = '1.30.'
const API_VERSION = 30
/** How far into the table we read; it is longer. */
const ENTRIES = 272

/** onnxruntime's library in memory: its version and the table of its functions. */
export type Library = { version: string; functions: readonly bigint[] }

/** Where onnxruntime-node keeps its libraries. */
export function libraryFolder(): string {
  const entry = createRequire(import.meta.url).resolve('onnxruntime-node')
  return join(dirname(entry), '..', 'bin', 'napi-v6', platform(), arch())
}

/**
 * Loads onnxruntime from a folder and reads its function table.
 * Throws `not_configured` where there is no library or one of a version that our table is not for.
 */
export function loadLibrary(folder: string): Library {
  const path = join(folder, 'libonnxruntime.so.1')
  if (!existsSync(path)) {
    throw new PlumblineError(
      'not_configured',
      `onnxruntime-node has no library for ${platform()} ${arch()}: set PLUMBLINE_RUNTIME=stock or run the worker on Linux.`,
    )
  }
  const base = openLibrary(path)
  const [getApi, getVersion] = entries(base, 2)
  const version: string = koffi.call(getVersion, koffi.proto('str', []))
  if (!version.startsWith(RELEASE)) throw unfit(version)
  const api: bigint | null = koffi.call(getApi, koffi.proto('void *', ['uint32_t']), API_VERSION)
  if (api === null) throw unfit(version)
  return { version, functions: entries(api, ENTRIES) }
}

function openLibrary(path: string): bigint {
  try {
    const base: bigint = koffi.load(path).func('OrtGetApiBase', 'void *', [])()
    return base
  } catch (cause) {
    throw new PlumblineError(
      'not_configured',
      'The library of onnxruntime-node could not be loaded: install the packages again, on a system with glibc 2.28 or newer.',
      { cause },
    )
  }
}

function entries(table: bigint, count: number): bigint[] {
  const read: BigUint64Array = koffi.decode(table, koffi.array('uint64_t', count, 'Typed'))
  return Array.from(read)
}

function unfit(version: string): PlumblineError {
  return new PlumblineError(
    'not_configured',
    `The worker is written for onnxruntime ${RELEASE}x and found ${version}: install the onnxruntime-node that package.json names.`,
  )
}
