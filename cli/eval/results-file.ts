import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { Failure } from '../failure.ts'
import { type Result, result } from './result.ts'

/** A file of results, a JSON line each, that survives a process killed at any moment. */
export type ResultsFile = {
  /** Results of earlier runs by their key. A key that was judged twice keeps the later result. */
  known: Map<string, Result>
  /** Written to the file before it returns. */
  append(result: Result): void
}

/**
 * Opens a results file, made on the first write. A half-written last line, as a killed process leaves it, is cut
 * off; any other line that is not a result throws a `Failure`, since the file may be somebody's data.
 */
export function openResults(path: string): ResultsFile {
  const known = new Map<string, Result>()
  const text = existsSync(path) ? explained(path, () => readFileSync(path, 'utf8')) : ''
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  for (const [index, line] of complete.split('\n').entries()) {
    if (line === '') continue
    const read = parseResult(line)
    if (read === null)
      throw new Failure(`Line ${index + 1} of '${path}' is no result: name another --output.`)
    known.set(read.key, read)
  }
  const cutOff = text.slice(complete.length)
  if (cutOff !== '') {
    if (!BEGINNING.startsWith(cutOff.slice(0, BEGINNING.length))) {
      throw new Failure(`'${path}' holds something else: name another --output.`)
    }
    explained(path, () => truncateSync(path, Buffer.byteLength(complete)))
  }
  return {
    known,
    append(value) {
      explained(path, () => appendFileSync(path, `${JSON.stringify(value)}\n`))
      known.set(value.key, value)
    },
  }
}

/** How every line of ours begins, however early its writing broke off. */
const BEGINNING = '{"task":'

function explained<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new Failure(`Can't use '${path}' for results (${why}): name another --output.`)
  }
}

function parseResult(line: string): Result | null {
  try {
    return result.parse(JSON.parse(line))
  } catch {
    return null
  }
}
