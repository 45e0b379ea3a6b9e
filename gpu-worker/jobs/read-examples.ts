import { readFileSync } from 'node:fs'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { readTrainingLines } from '../../shared/protocol/training/lines.ts'
import { type MethodType, READERS } from '../../shared/protocol/training/methods.ts'

/** The examples of a data file, as the method reads them. Throws a sentence with the line and the field. */
export function readExamples(method: MethodType, path: string, param: string): unknown[] {
  const text = decode(readFileSync(path), param)
  return readTrainingLines<unknown>(READERS[method], text)
}

/** Throws where the bytes are not UTF-8, with the line. */
function decode(bytes: Uint8Array, param: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const line = firstBrokenLine(bytes)
    throw new PlumblineError(
      'invalid_request',
      `Line ${line} of '${param}' is not UTF-8: encode the file as UTF-8.`,
      { param },
    )
  }
}

function firstBrokenLine(bytes: Uint8Array): number {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let line = 1
  for (let at = 0; at < bytes.length; line++) {
    const newline = bytes.indexOf(10, at)
    const end = newline < 0 ? bytes.length : newline + 1
    try {
      decoder.decode(bytes.subarray(at, end))
    } catch {
      return line
    }
    at = end
  }
  return line
}
