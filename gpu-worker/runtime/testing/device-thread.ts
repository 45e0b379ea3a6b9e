import { parentPort, workerData } from 'node:worker_threads'
import { squarings } from './squarings.ts'

/** A thread with a device of its own: answers with what its model computed. */

const data: { side: number; times: number } = workerData
parentPort?.postMessage(await squarings(data.side, data.times))
