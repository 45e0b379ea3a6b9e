import { PlumblineError } from '../error.ts'
import { jsonOrNull } from '../parse.ts'

/**
 * The examples of a training file, a line of JSON each; empty lines are none. Throws `invalid_request` (or what `read`
 * throws) with a sentence that names the line and the field.
 */
export function readTrainingLines<T>(read: (line: object) => T, file: string): T[] {
  const examples: T[] = []
  for (const [index, line] of file
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() !== '') examples.push(readLine(read, line, index + 1))
  }
  if (examples.length > 0) return examples
  throw new PlumblineError(
    'invalid_request',
    'The training file holds no example: give one as JSON on each line.',
    {
      param: 'training_file',
    },
  )
}

function readLine<T>(read: (line: object) => T, line: string, number: number): T {
  const value = jsonOrNull(line)
  const where = `Line ${number} of the training file`
  if (typeof value !== 'object' || value === null) {
    throw new PlumblineError(
      'invalid_request',
      `${where} is not a JSON object: give an example as one on each line.`,
      {
        param: 'training_file',
      },
    )
  }
  try {
    return read(value)
  } catch (error) {
    if (!PlumblineError.isInstance(error)) throw error
    throw new PlumblineError(error.code, `${where}: ${error.message}`, { param: error.param, cause: error })
  }
}
