import { writeFileSync } from 'node:fs'
import { Failure } from './failure.ts'

/** Writes a report where the user said, a device like /dev/stdout too. Throws a `Failure`. */
export function writeText(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new Failure(`Can't write '${path}' (${error instanceof Error ? error.message : String(error)}).`)
  }
}
