import type { EvalDesk } from '../evals/port.ts'
import type { JudgmentShard } from './judgment-shard.ts'

/** The evals of an organisation in its Durable Object, called from a Worker, as the records of training are. */
export function remoteEvalDesk(
  stubOf: (organisation: string) => Promise<DurableObjectStub<JudgmentShard>>,
): EvalDesk {
  async function send(method: keyof EvalDesk, organisation: string, ...rest: unknown[]) {
    const stub = await stubOf(organisation)
    return JSON.parse(await stub.evals(method, JSON.stringify([organisation, ...rest])))
  }
  return {
    keepEval: (...args) => send('keepEval', ...args),
    eval: (...args) => send('eval', ...args),
    evals: (...args) => send('evals', ...args),
    deleteEval: (...args) => send('deleteEval', ...args),
    announceRun: (...args) => send('announceRun', ...args),
    openRun: (...args) => send('openRun', ...args),
    keepRows: (...args) => send('keepRows', ...args),
    keepRun: (...args) => send('keepRun', ...args),
    run: (...args) => send('run', ...args),
    runs: (...args) => send('runs', ...args),
    endRun: (...args) => send('endRun', ...args),
    deleteRun: (...args) => send('deleteRun', ...args),
    keepItems: (...args) => send('keepItems', ...args),
    item: (...args) => send('item', ...args),
    items: (...args) => send('items', ...args),
    work: (...args) => send('work', ...args),
  }
}
