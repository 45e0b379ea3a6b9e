import type { SubmissionRecords } from '../submissions/port.ts'
import type { JudgmentShard } from './judgment-shard.ts'

/** Submissions in the Durable Objects that their ids lead to, called from a Worker. */
export function remoteSubmissionRecords(
  stubOf: (organisation: string, id: string) => Promise<DurableObjectStub<JudgmentShard>>,
): SubmissionRecords {
  async function send(method: keyof SubmissionRecords, organisation: string, id: string, ...rest: unknown[]) {
    const stub = await stubOf(organisation, id)
    return JSON.parse(await stub.submissions(method, JSON.stringify([organisation, id, ...rest])))
  }
  return {
    keep: (...args) => send('keep', ...args),
    find: (...args) => send('find', ...args),
  }
}
