import { Worker } from 'node:worker_threads'
import { type ErrorData, PlumblineError } from '../../shared/protocol/error.ts'
import type { MethodType } from '../../shared/protocol/training/methods.ts'

/** What the checking thread is given. */
export type CheckOrder = {
  method: MethodType
  path: string
  param: 'training_file' | 'validation_file'
  /** Different ones that it must have. */
  prompts: number
}
/** How many examples there are, or what is wrong with the file. */
export type CheckAnswer = { examples: number } | { error: ErrorData }

/**
 * Reads a data file to its end, in a thread of its own, and counts its examples. Throws `invalid_training_file` with
 * the line and the field that are wrong, or where its prompts are too few.
 */
export async function checkData(order: CheckOrder): Promise<number> {
  const thread = new Worker(new URL('./check-thread.ts', import.meta.url), { workerData: order })
  const answer = await new Promise<CheckAnswer>((resolve, reject) => {
    thread.once('message', resolve)
    thread.once('error', reject)
  })
  if ('examples' in answer) return answer.examples
  throw new PlumblineError('invalid_training_file', answer.error.message, { param: order.param })
}
