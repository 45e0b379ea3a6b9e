import { readFileSync } from 'node:fs'
import type * as z from 'zod'
import { explain } from '../../shared/protocol/parse.ts'
import { Failure } from '../failure.ts'

/** One item of a file, and where it stands, as the beginning of a sentence. */
export type Row = { value: unknown; at: string }

/** Reads a JSON array or JSON lines; a line that is no JSON is undefined. Throws a `Failure` for a file that can't be read. */
export function readRows(path: string): Row[] {
  const text = readFile(path).replace(/^\uFEFF/, '')
  if (text.trimStart().startsWith('[')) {
    const items = parse(text)
    if (!Array.isArray(items)) throw new Failure(`'${path}' begins like a JSON array and is none.`)
    return items.map((value, index) => ({ value, at: `Item ${index + 1} of '${path}'` }))
  }
  return text
    .split('\n')
    .flatMap((line, index) =>
      line.trim() === '' ? [] : [{ value: parse(line), at: `Line ${index + 1} of '${path}'` }],
    )
}

/** The rows by a schema. Throws a `Failure` that says which is not a `name`, and why. */
export function readAs<S extends z.ZodType>(schema: S, rows: Row[], name: string): z.infer<S>[] {
  return rows.map(({ value, at }) => {
    const read = schema.safeParse(value)
    if (read.success) return read.data
    const { param, message } = explain(read.error)
    throw new Failure(`${at} is no ${name}: ${param === undefined ? 'give a JSON object.' : message}`)
  })
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failure(`Can't read '${path}' (${error instanceof Error ? error.message : String(error)}).`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
