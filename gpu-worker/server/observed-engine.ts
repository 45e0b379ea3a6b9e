import type { Engine, GenerateEvent, Timing } from '../generate/engine.ts'

/** How long a call waited and was computed; told when it has come to its end. */
export type Observer = (operation: 'generate' | 'choose', timing: Timing) => void

/** The same engine, its calls watched. */
export function observedEngine(engine: Engine, observe: Observer): Engine {
  return {
    get model() {
      return engine.model
    },
    get load() {
      return engine.load
    },
    get adapters() {
      return engine.adapters
    },
    failure: engine.failure,
    stats: () => engine.stats(),
    async *generate(request): AsyncGenerator<GenerateEvent> {
      for await (const event of engine.generate(request)) {
        if (event.type === 'end') observe('generate', event.timing)
        yield event
      }
    },
    async choose(request) {
      const result = await engine.choose(request)
      observe('choose', result.timing)
      return result
    },
    logprobs: (tokens) => engine.logprobs(tokens),
    loadAdapter: (name, folder) => engine.loadAdapter(name, folder),
    offerAdapter: (name, folder) => engine.offerAdapter(name, folder),
    unloadAdapter: (name) => engine.unloadAdapter(name),
    close: () => engine.close(),
  }
}
