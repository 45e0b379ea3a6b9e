import type { TrainingRecords } from '../training/port.ts'
import type { JudgmentShard } from './judgment-shard.ts'

/** The records of training in the Durable Object of an organisation, called from a Worker, as the shelf is. */
export function remoteTrainingRecords(
  stubOf: (organisation: string) => Promise<DurableObjectStub<JudgmentShard>>,
): TrainingRecords {
  async function send(method: keyof TrainingRecords, organisation: string, ...rest: unknown[]) {
    const stub = await stubOf(organisation)
    return JSON.parse(await stub.training(method, JSON.stringify([organisation, ...rest])))
  }
  return {
    keepPart: (...args) => send('keepPart', ...args),
    keepFile: (...args) => send('keepFile', ...args),
    file: (...args) => send('file', ...args),
    files: (...args) => send('files', ...args),
    part: (...args) => send('part', ...args),
    deleteFile: (...args) => send('deleteFile', ...args),
    addJob: (...args) => send('addJob', ...args),
    job: (...args) => send('job', ...args),
    jobs: (...args) => send('jobs', ...args),
    updateJob: (...args) => send('updateJob', ...args),
    removeJob: (...args) => send('removeJob', ...args),
    addEvents: (...args) => send('addEvents', ...args),
    lastEvent: (...args) => send('lastEvent', ...args),
    events: (...args) => send('events', ...args),
  }
}
