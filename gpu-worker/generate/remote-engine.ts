import { PlumblineError } from '../../shared/protocol/error.ts'
import type { AdapterInfo, Engine, EngineStats, GenerateEvent, GenerateRequest, ModelInfo } from './engine.ts'
import type { ThreadClient } from './thread-client.ts'

const NOTHING: EngineStats = {
  tokens: { prompt: 0, cached: 0, completion: 0 },
  passes: { count: 0, rows: 0, tokens: 0, milliseconds: 0 },
  kv: { running: 0, cached: 0, limit: 0 },
  prefix: { hits: 0, misses: 0, evictions: 0 },
}

/** The engine whose work is done behind a client. At most `queue` requests wait. */
export function remoteEngine(client: ThreadClient, model: ModelInfo, queue: number): Engine {
  const adapters = new Map<string, AdapterInfo>()
  const refuseMore = () => {
    if (client.load.queued < queue) return
    throw new PlumblineError(
      'overloaded',
      `The engine has ${queue} requests waiting; send this one again later.`,
      { transient: true },
    )
  }
  const list = async (kind: 'loadAdapter' | 'offerAdapter', request: { name: string; folder: string }) => {
    const result = await client.call({ kind, request })
    if (!result || !('digest' in result)) throw new TypeError(`${kind} answers with an adapter`)
    adapters.set(request.name, result)
    return result
  }
  return {
    model,
    failure: client.failure,
    get load() {
      return client.load
    },
    get adapters() {
      return [...adapters.values()]
    },
    stats: () => client.stats ?? NOTHING,
    generate: (request) => generate(client, refuseMore, request),
    async choose({ signal, ...request }) {
      refuseMore()
      const result = await client.call({ kind: 'choose', request }, signal)
      if (result && 'probabilities' in result) return result
      throw new TypeError('choose answers with a choice')
    },
    async logprobs(tokens) {
      refuseMore()
      const result = await client.call({ kind: 'logprobs', request: { tokens } })
      if (Array.isArray(result)) return result
      throw new TypeError('logprobs answers with rows')
    },
    loadAdapter: (name, folder) => list('loadAdapter', { name, folder }),
    offerAdapter: (name, folder) => list('offerAdapter', { name, folder }),
    async unloadAdapter(name) {
      // Who comes now is refused by the thread.
      await client.call({ kind: 'unloadAdapter', request: { name } })
      adapters.delete(name)
    },
    close: () => client.close(),
  }
}

/** Begins when it is first read; whoever stops reading stops the model. */
async function* generate(
  client: ThreadClient,
  refuseMore: () => void,
  { signal: callers, ...request }: GenerateRequest,
): AsyncGenerator<GenerateEvent, void> {
  refuseMore()
  const left = new AbortController()
  const signal = callers ? AbortSignal.any([callers, left.signal]) : left.signal
  yield* new ReadableStream<GenerateEvent>({
    start(controller) {
      const onEvent = (event: GenerateEvent) => {
        if (!signal.aborted) controller.enqueue(event)
      }
      client
        .call({ kind: 'generate', request }, signal, onEvent)
        .then(() => controller.close())
        .catch((error) => controller.error(error))
    },
    cancel: () => left.abort(),
  })
}
