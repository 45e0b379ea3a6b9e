import type * as z from 'zod'
import { PlumblineError } from '../error.ts'
import { jsonOrNull, parseWith } from '../parse.ts'

/**
 * The examples of a training file, a line of JSON each; empty lines are none. Throws `invalid_request` (or the code that
 * the schema gives) with a sentence that names the line and the field.
 */
export function readTrainingLines<Schema extends z.ZodType>(schema: Schema, file: string): z.infer<Schema>[] {
  const examples: z.infer<Schema>[] = []
  for (const [index, line] of file
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() !== '') examples.push(readLine(schema, line, index + 1))
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

function readLine<Schema extends z.ZodType>(schema: Schema, line: string, number: number): z.infer<Schema> {
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
    return parseWith(schema, value)
  } catch (error) {
    if (!PlumblineError.isInstance(error)) throw error
    throw new PlumblineError(error.code, `${where}: ${error.message}`, { param: error.param, cause: error })
  }
}
