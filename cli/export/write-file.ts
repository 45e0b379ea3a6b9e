import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { Failure } from '../failure.ts'

/** Writes a file whole or not at all, with its folder. Throws a `Failure`. */
export function writeWhole(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(`${path}.part`, text)
    renameSync(`${path}.part`, path)
  } catch (error) {
    throw new Failure(`Can't write '${path}' (${error instanceof Error ? error.message : String(error)}).`)
  }
}

/** A JSON line for each row. */
export const toLines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
