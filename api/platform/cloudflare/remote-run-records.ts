import type { RunRecords } from '../runs/port.ts'
import type { JudgmentShard } from './judgment-shard.ts'
import { newestFirst } from './newest-first.ts'

type Stub = DurableObjectStub<JudgmentShard>

/** The records of runs in Durable Objects, called from a Worker: one object holds all of a run. */
export function remoteRunRecords(
  stubOf: (organisation: string, run: string) => Promise<Stub>,
  stubs: () => Stub[],
): RunRecords {
  async function call(stub: Stub, method: keyof RunRecords, ...args: unknown[]) {
    return JSON.parse(await stub.runs(method, JSON.stringify(args)))
  }
  async function send(method: keyof RunRecords, organisation: string, run: string, ...rest: unknown[]) {
    return call(await stubOf(organisation, run), method, organisation, run, ...rest)
  }
  return {
    create: (...args) => send('create', ...args),
    read: (...args) => send('read', ...args),
    async list(organisation, ask) {
      const lists = await Promise.all(
        stubs().map((stub): ReturnType<RunRecords['list']> => call(stub, 'list', organisation, ask)),
      )
      return newestFirst(lists, ask.limit)
    },
    enter: (...args) => send('enter', ...args),
    leave: (...args) => send('leave', ...args),
    vacate: (...args) => send('vacate', ...args),
    record: (...args) => send('record', ...args),
    heard: (...args) => send('heard', ...args),
    groups: (...args) => send('groups', ...args),
    group: (...args) => send('group', ...args),
    keepAnchors: (...args) => send('keepAnchors', ...args),
    anchor: (...args) => send('anchor', ...args),
    evaluated: (...args) => send('evaluated', ...args),
    beginStep: (...args) => send('beginStep', ...args),
  }
}
