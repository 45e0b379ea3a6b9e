import { type FileHandle, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { PlumblineError } from '../../../shared/protocol/error.ts'

export type Download = {
  url: string
  /** Where the whole file goes; what has arrived of it lies beside it meanwhile. */
  path: string
  /** In bytes, if it is known. */
  size: number | null
  /** Throws for a file with other bytes than promised. */
  verify(path: string): Promise<void>
  onBytes(done: number, total: number): void
  signal?: AbortSignal | undefined
}

/** How often in a row a connection may bring nothing, and how long to wait after a cut; twice as long each further time. */
const ATTEMPTS = 4
const PAUSE_MS = 250

/**
 * Downloads a file, and goes on where it stopped: after a cut connection at once, after a killed process at the next
 * call. Two processes may do so side by side: they write the same bytes to the same places. Throws `not_configured`
 * when the connection can't be kept.
 */
export async function download(job: Download): Promise<void> {
  if (await sizeOf(job.path)) return
  const partial = `${job.path}.part`
  await fetchAll(job, partial)
  try {
    await job.verify(partial)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
  await rename(partial, job.path)
  await rm(`${partial}.etag`, { force: true })
}

async function fetchAll(job: Download, partial: string): Promise<void> {
  let failures = 0
  for (;;) {
    const before = await sizeOf(partial)
    try {
      return await fetchRest(job, partial, before)
    } catch (cause) {
      job.signal?.throwIfAborted()
      if (PlumblineError.isInstance(cause) || isDiskError(cause)) throw cause
      const after = await sizeOf(partial)
      failures = after > before ? 0 : failures + 1
      if (failures === ATTEMPTS) {
        throw refuseDownload(`The download of ${basename(job.path)} broke off at ${after} bytes`, cause)
      }
      await pause(PAUSE_MS * 2 ** failures, undefined, job.signal ? { signal: job.signal } : {})
    }
  }
}

async function fetchRest(job: Download, partial: string, have: number): Promise<void> {
  if (have > 0 && have === job.size) return
  const tagPath = `${partial}.etag`
  const tag = await readFile(tagPath, 'utf8').catch(() => null)
  const response = await request(job, have, tag)
  if (response.status === 416) {
    await response.body?.cancel()
    await rm(partial)
    throw new Error('the server has less than is here already')
  }
  // A server that knows no ranges, or whose file is another one now, sends all of it.
  const resumed =
    response.status === 206 && response.headers.get('content-range')?.startsWith(`bytes ${have}-`)
  const start = resumed ? have : 0
  const length = Number(response.headers.get('content-length') ?? Number.NaN)
  const total = job.size ?? (Number.isFinite(length) ? start + length : 0)
  if (!resumed) await writeFile(tagPath, response.headers.get('etag') ?? '')
  await using file = await open(partial, resumed ? 'r+' : 'w')
  const end = await writeAll(response, file, start, (done) => job.onBytes(done, total))
  if (end < total) throw new Error(`the connection ended at ${end} of ${total} bytes`)
}

async function request({ url, signal }: Download, have: number, tag: string | null): Promise<Response> {
  const headers = new Headers()
  if (have > 0) headers.set('range', `bytes=${have}-`)
  // Only a strong tag says that the bytes are the same.
  if (have > 0 && tag?.startsWith('"')) headers.set('if-range', tag)
  const response = await fetch(url, { headers, ...(signal && { signal }) })
  if (response.ok || (response.status === 416 && have > 0)) return response
  await response.body?.cancel()
  if (response.status >= 500 || response.status === 429)
    throw new Error(`the server answered ${response.status}`)
  throw refuseDownload(`${url} answered ${response.status}`)
}

async function writeAll(
  response: Response,
  file: FileHandle,
  start: number,
  report: (done: number) => void,
): Promise<number> {
  let done = start
  for await (const chunk of response.body ?? []) {
    for (let written = 0; written < chunk.length; ) {
      written += (await file.write(chunk, written, chunk.length - written, done + written)).bytesWritten
    }
    done += chunk.length
    report(done)
  }
  return done
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.size ?? 0
}

function isDiskError(error: unknown): boolean {
  return (
    error instanceof Error && 'syscall' in error && (error.syscall === 'write' || error.syscall === 'open')
  )
}

/** The error for a model that can't be fetched; `what` says why. */
export function refuseDownload(what: string, cause?: unknown): PlumblineError {
  return new PlumblineError(
    'not_configured',
    `${what}; check the reference and the network, or give a GGUF file as file:path.`,
    { cause },
  )
}
