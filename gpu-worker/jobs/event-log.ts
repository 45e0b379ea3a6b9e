import { closeSync, fstatSync, ftruncateSync, openSync, readFileSync, readSync } from 'node:fs'
import type { JobEvent } from '../../shared/protocol/fine-tuning.ts'
import { writeWhole } from './keep.ts'

/** Where a line begins in the file and how many bytes it has, or the line itself while it could not be written. */
type Place = { at: number; bytes: number } | string

export type NewEvent = Pick<JobEvent, 'created_at' | 'level' | 'message' | 'type' | 'data'>
export type EventPage = { data: JobEvent[]; has_more: boolean }

export type EventLog = {
  readonly length: number
  /** After `close` it does nothing: an adapter that is loaded meanwhile has nobody to tell. */
  append(event: NewEvent): void
  /** `count` events in the order asked for, from beyond the number `after` on; numbers count from 1. */
  page(ask: { after: number | null; count: number; order: 'asc' | 'desc' }): EventPage
  /** The number in an event's id, or null where it is none of this job's. */
  numberOf(id: string): number | null
  /** Calls back after each append until the function that it gives is called. */
  watch(listener: () => void): () => void
  close(): void
}

/**
 * The events of a job as lines of a file. A last line that a killed process left unfinished is cut off; lines that a
 * full disk refused are held and written with the next ones.
 */
export function openEventLog(path: string, jobId: string): EventLog {
  const file = openSync(path, 'a+', 0o600)
  const places: Place[] = readPlaces(path, file)
  const listeners = new Set<() => void>()
  const prefix = `ftevent-${jobId.replace('ftjob-', '').slice(0, 8)}-`
  let end = fstatSync(file).size
  let unwritten = places.length
  let closed = false

  function write(): void {
    for (; unwritten < places.length; unwritten++) {
      const line = places[unwritten]
      if (typeof line !== 'string') continue
      const bytes = Buffer.from(`${line}\n`)
      try {
        writeWhole(file, bytes)
      } catch (error) {
        ftruncateSync(file, end)
        console.error(error)
        return
      }
      places[unwritten] = { at: end, bytes: bytes.length }
      end += bytes.length
    }
  }

  function read(index: number): JobEvent | null {
    const place = places[index]
    if (place === undefined) return null
    if (typeof place === 'string') return JSON.parse(place)
    const bytes = Buffer.alloc(place.bytes)
    readSync(file, bytes, 0, place.bytes, place.at)
    return JSON.parse(bytes.toString())
  }

  return {
    get length() {
      return places.length
    },
    append(event) {
      if (closed) return
      const id = `${prefix}${String(places.length + 1).padStart(8, '0')}`
      places.push(JSON.stringify({ id, object: 'fine_tuning.job.event', ...event } satisfies JobEvent))
      write()
      for (const listener of listeners) listener()
    },
    page({ after, count, order }) {
      const step = order === 'asc' ? 1 : -1
      const first = order === 'asc' ? (after ?? 0) : (after ?? places.length + 1) - 2
      const indices = Array.from({ length: count }, (_, at) => first + at * step)
      const data = indices.map(read).filter((event) => event !== null)
      return { data, has_more: places[first + count * step] !== undefined }
    },
    numberOf: (id) => (id.startsWith(prefix) ? Number(id.slice(prefix.length)) || null : null),
    watch(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close() {
      if (!closed) closeSync(file)
      closed = true
    },
  }
}

/** The lines of a log that are whole. Cuts off the rest. */
function readPlaces(path: string, file: number): Place[] {
  const bytes = readFileSync(path)
  const places: Place[] = []
  let at = 0
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, at)) {
    places.push({ at, bytes: end + 1 - at })
    at = end + 1
  }
  if (at < bytes.length) ftruncateSync(file, at)
  return places
}
