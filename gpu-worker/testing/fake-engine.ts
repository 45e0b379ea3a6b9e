import type { LanguageModel } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { opinionatedModel } from '../../shared/testing/opinionated-model.ts'
import type { Engine, GenerateEvent, GenerateRequest } from '../generate/engine.ts'

/** Words that a generation of the fake engine is made of, a token each. */
const WORDS = ['The', ' sky', ' is', ' blue', '.']

export type FakeEngine = Engine & {
  /** Every request that reached it, and how each generation ended. */
  seen: GenerateRequest[]
  ended: ('whole' | 'aborted')[]
  closed: boolean
}

/**
 * An engine without weights, at the border where a real one stands: it says the same five words, chooses as
 * the opinionated model does, and takes `delayMs` for each token.
 */
export function fakeEngine({ delayMs = 0, context = 100 } = {}): FakeEngine {
  const opinion: LanguageModel = opinionatedModel({ instantiate: 'select', verdicts: 'choose' })
  const engine: FakeEngine = {
    model: { id: 'fake-1m', digest: 'f'.repeat(64), context, vocabulary: 5, family: 'fake' },
    load: { queued: 0, running: 0 },
    seen: [],
    ended: [],
    closed: false,
    async *generate(request): AsyncIterable<GenerateEvent> {
      engine.seen.push(request)
      const prompt = request.messages.reduce((sum, { content }) => sum + content.split(/\s+/).length, 0)
      if (prompt >= context) {
        throw new PlumblineError('context_exceeded', `The text takes ${prompt} tokens: shorten it.`)
      }
      let completion = 0
      try {
        for (const [id, text] of WORDS.slice(0, request.maxTokens).entries()) {
          await new Promise((resolve) => setTimeout(resolve, delayMs))
          request.signal?.throwIfAborted()
          completion++
          const token = describe(id, text)
          yield { type: 'token', text, token: { ...token, top: alternatives(request.topLogprobs) } }
        }
        const finish = completion < WORDS.length ? 'length' : 'stop'
        engine.ended.push('whole')
        yield { type: 'end', text: '', finish, tokens: { prompt, completion, cached: 1 } }
      } finally {
        if (engine.ended.length < engine.seen.length) engine.ended.push('aborted')
      }
    },
    choose: ({ messages, choices }) => opinion.choose(messages, choices),
    logprobs: async (tokens) => tokens.map(() => new Float32Array(5).fill(-Math.log(5))),
    close: async () => {
      engine.closed = true
    },
  }
  return engine
}

function alternatives(count: number) {
  return WORDS.slice(0, count).map((text, id) => describe(id, text))
}

function describe(id: number, text: string) {
  return { id, text, bytes: [...new TextEncoder().encode(text)], logprob: -Math.log(id + 2) }
}
