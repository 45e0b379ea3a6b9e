import type { Shelf } from '../desk/shelf.ts'
import type { JudgmentShard } from './judgment-shard.ts'

/** The shelf in the Durable Object of an organisation, called from a Worker. Values cross as JSON text. */
export function remoteShelf(
  stubOf: (organisation: string) => Promise<DurableObjectStub<JudgmentShard>>,
): Shelf {
  async function send(method: keyof Shelf, organisation: string, ...rest: unknown[]) {
    const stub = await stubOf(organisation)
    return JSON.parse(await stub.shelf(method, JSON.stringify([organisation, ...rest])))
  }
  return {
    newest: (...args) => send('newest', ...args),
    version: (...args) => send('version', ...args),
    versions: (...args) => send('versions', ...args),
    repeated: (...args) => send('repeated', ...args),
    file: (...args) => send('file', ...args),
    proposals: (...args) => send('proposals', ...args),
    proposal: (...args) => send('proposal', ...args),
    propose: (...args) => send('propose', ...args),
    reject: (...args) => send('reject', ...args),
  }
}
