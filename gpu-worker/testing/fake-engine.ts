import type { LanguageModel } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { opinionatedModel } from '../../shared/testing/opinionated-model.ts'
import type {
  AdapterInfo,
  ChooseRequest,
  Engine,
  GenerateEvent,
  GenerateRequest,
} from '../generate/engine.ts'

/** Words that a generation of the fake engine is made of, a token each. */
const WORDS = ['The', ' sky', ' is', ' blue', '.']

export type FakeEngine = Engine & {
  /** Every request that reached it, and how each generation ended. */
  seen: GenerateRequest[]
  ended: ('whole' | 'aborted')[]
  chosen: ChooseRequest[]
  /** The most choices that were under way at once. */
  together: number
  closed: boolean
  /** Ends it, as a thread that dies does. */
  fail(reason: PlumblineError): void
}

export type FakeEngineOptions = {
  /** For each token, and for each choice. */
  delayMs?: number
  /** Words. */
  context?: number
  /** What it says to a request, a token each. */
  write?: (request: GenerateRequest) => string[]
}

/**
 * An engine without weights, at the border where a real one stands: it says the same five words, chooses as
 * the opinionated model does, and loads an adapter from any folder.
 */
export function fakeEngine({
  delayMs = 0,
  context = 100,
  write = () => WORDS,
}: FakeEngineOptions = {}): FakeEngine {
  const opinion: LanguageModel = opinionatedModel({ instantiate: 'select', verdicts: 'choose' })
  const adapters: AdapterInfo[] = []
  const failure = Promise.withResolvers<PlumblineError>()
  let choosing = 0
  const engine: FakeEngine = {
    model: {
      id: 'fake-1m',
      digest: 'f'.repeat(64),
      context,
      vocabulary: 5,
      family: 'fake',
      precision: 'float32',
    },
    load: { queued: 0, running: 0 },
    adapters,
    failure: failure.promise,
    fail: failure.resolve,
    seen: [],
    ended: [],
    chosen: [],
    together: 0,
    closed: false,
    stats: () => ({
      tokens: { prompt: 0, cached: 0, completion: 0 },
      passes: { count: 0, rows: 0, tokens: 0, milliseconds: 0 },
      kv: { running: 0, cached: 0, limit: 0 },
      prefix: { hits: 0, misses: 0, evictions: 0 },
    }),
    async *generate(request): AsyncIterable<GenerateEvent> {
      engine.seen.push(request)
      const prompt = request.messages.reduce((sum, { content }) => sum + content.split(/\s+/).length, 0)
      if (prompt >= context) {
        throw new PlumblineError('context_exceeded', `The text takes ${prompt} tokens: shorten it.`)
      }
      const words = write(request)
      let completion = 0
      let whole = false
      try {
        for (const [id, text] of words.slice(0, request.maxTokens).entries()) {
          await passed(delayMs, request.signal)
          completion++
          const token = describe(id, text)
          yield { type: 'token', text, token: { ...token, top: alternatives(request.topLogprobs) } }
        }
        const finish = completion < words.length ? 'length' : 'stop'
        whole = true
        yield {
          type: 'end',
          text: '',
          finish,
          tokens: { prompt, completion, cached: 1 },
          timing: FAKE_TIMING,
        }
      } finally {
        engine.ended.push(whole ? 'whole' : 'aborted')
      }
    },
    async choose(request) {
      engine.chosen.push(request)
      choosing++
      engine.together = Math.max(engine.together, choosing)
      try {
        await passed(delayMs, request.signal)
        return { ...(await opinion.choose(request.messages, request.choices)), timing: FAKE_TIMING }
      } finally {
        choosing--
      }
    },
    logprobs: async (tokens) => tokens.map(() => new Float32Array(5).fill(-Math.log(5))),
    async loadAdapter(name, folder) {
      const info = { name, digest: folder, rank: 8 }
      const known = adapters.findIndex((adapter) => adapter.name === name)
      adapters.splice(known < 0 ? adapters.length : known, known < 0 ? 0 : 1, info)
      return info
    },
    offerAdapter: (name, folder) => engine.loadAdapter(name, folder),
    async unloadAdapter(name) {
      const known = adapters.findIndex((adapter) => adapter.name === name)
      if (known >= 0) adapters.splice(known, 1)
    },
    close: async () => {
      engine.closed = true
    },
  }
  return engine
}

/** What every call says it took. */
export const FAKE_TIMING = { queued: 1, prefill: 2, decode: 4 }

async function passed(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
  signal?.throwIfAborted()
}

function alternatives(count: number) {
  return WORDS.slice(0, count).map((text, id) => describe(id, text))
}

function describe(id: number, text: string) {
  return { id, text, bytes: [...new TextEncoder().encode(text)], logprob: -Math.log(id + 2) }
}
