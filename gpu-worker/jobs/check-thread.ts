import { parentPort, workerData } from 'node:worker_threads'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { READERS } from '../../shared/protocol/training/methods.ts'
import type { CheckAnswer, CheckOrder } from './check-data.ts'
import { readExamples } from './read-examples.ts'

/** Reads one data file. */

const order: CheckOrder = workerData

function answer(): CheckAnswer {
  try {
    return { examples: readExamples<unknown>(READERS[order.method], order.path).length }
  } catch (error) {
    if (PlumblineError.isInstance(error)) return { error: error.data }
    throw error
  }
}

parentPort?.postMessage(answer())
