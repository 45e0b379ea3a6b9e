import { readFileSync } from 'node:fs'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { readTrainingLines } from '../../shared/protocol/training/lines.ts'

/** The examples of a data file, each read by `read`. Throws a sentence with the line and the field. */
export function readExamples<Example>(read: (line: object) => Example, path: string): Example[] {
  return readTrainingLines(read, decode(readFileSync(path)))
}

/** Throws where the bytes are not UTF-8, with the line. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new PlumblineError(
      'invalid_request',
      `Line ${firstBrokenLine(bytes)} of the training file is not UTF-8: encode the file as UTF-8.`,
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
