import { parentPort, workerData } from 'node:worker_threads'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { READERS } from '../../shared/protocol/training/methods.ts'
import type { CheckAnswer, CheckOrder } from './check-data.ts'
import { readExamples } from './read-examples.ts'

/** Reads one data file. */

const order: CheckOrder = workerData

function answer(): CheckAnswer {
  try {
    const examples = readExamples<object>(READERS[order.method], order.path)
    requirePrompts(examples)
    return { examples: examples.length }
  } catch (error) {
    if (PlumblineError.isInstance(error)) return { error: error.data }
    throw error
  }
}

function requirePrompts(examples: readonly object[]): void {
  if (order.prompts === 1) return
  const prompts = new Set(
    examples.map((example) => JSON.stringify('prompt' in example ? example.prompt : '')),
  )
  if (prompts.size >= order.prompts) return
  const few = prompts.size === 1 ? 'one prompt' : `${prompts.size} different prompts`
  throw new PlumblineError(
    'invalid_training_file',
    `The training file has ${few}, and this ${order.method} job needs ${order.prompts} different ones at least: give more.`,
  )
}

parentPort?.postMessage(answer())
