import { appendFileSync, existsSync, readFileSync, statSync, truncateSync } from 'node:fs'
import type * as z from 'zod'
import { jsonOrNull } from '../shared/protocol/parse.ts'
import { Failure } from './failure.ts'
import { lockFile } from './lock-file.ts'

/** A file of what was asked for, a JSON line each, that survives a process killed at any moment. */
export type KeptLines<T> = {
  /** What earlier runs left, by key; of a key that was written twice the later line. */
  known: Map<string, T>
  /** Written to the file before it returns. */
  append(line: T): void
}

/** The option that names the file, and whether it is only read. */
export type Keeping = { option: '--output' | '--journal'; readOnly?: boolean }

/**
 * Opens such a file, made on the first write, for this process alone. A half-written last line, as a killed process
 * leaves it, is cut off; any other line that does not fit the schema throws a `Failure`, since the file may be somebody's
 * data, and so does a device.
 */
export function openLines<T extends { key: string }>(
  path: string,
  schema: z.ZodType<T>,
  { option, readOnly = false }: Keeping,
): KeptLines<T> {
  const advice = `name another ${option}`
  if (!readOnly) explained(path, advice, () => lockFile(path))
  const known = new Map<string, T>()
  const text = existsSync(path) ? explained(path, advice, () => readWhole(path)) : ''
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  for (const [index, line] of complete.split('\n').entries()) {
    if (line === '') continue
    const read = schema.safeParse(jsonOrNull(line))
    if (!read.success) throw new Failure(`Line ${index + 1} of '${path}' is not ours: ${advice}.`)
    known.set(read.data.key, read.data)
  }
  const cutOff = text.slice(complete.length)
  if (cutOff !== '') {
    if (!BEGINNING.startsWith(cutOff.slice(0, BEGINNING.length)))
      throw new Failure(`'${path}' holds something else: ${advice}.`)
    if (!readOnly) explained(path, advice, () => truncateSync(path, Buffer.byteLength(complete)))
  }
  let whole = true
  return {
    known,
    append(line) {
      const { key, ...rest } = line
      // A disk that was full may have taken half a line: nothing may follow it.
      if (!whole) throw new Failure(`'${path}' could not be written to: ${advice}.`)
      whole = false
      explained(path, advice, () => appendFileSync(path, `${JSON.stringify({ key, ...rest })}\n`))
      whole = true
      known.set(key, line)
    },
  }
}

function readWhole(path: string): string {
  // a device may never end
  if (!statSync(path).isFile()) throw new Error('it is no ordinary file')
  return readFileSync(path, 'utf8')
}

/** How every line of ours begins, however early its writing broke off. */
const BEGINNING = '{"key":'

function explained<T>(path: string, advice: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Failure) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(`Can't use '${path}' (${why}): ${advice}.`)
  }
}
