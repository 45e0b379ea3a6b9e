import type { TokenCount } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { DecoderConfig } from '../nn/config.ts'
import type { Session } from '../runtime/session.ts'
import type { Chat } from '../text/chat.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import type {
  ChooseRequest,
  ChooseResult,
  GeneratedToken,
  GenerateEvent,
  GenerateRequest,
  TokenLogprob,
} from './engine.ts'
import { Forward } from './forward.ts'
import { KvState } from './kv-state.ts'
import { PrefixCache } from './prefix-cache.ts'
import { seededRandom } from './random.ts'
import { ReplyText } from './reply-text.ts'
import { logSoftmax, sample, topIndices } from './sampler.ts'

export type ModelParts = {
  config: DecoderConfig
  session: Session
  tokenizer: Tokenizer
  chat: Chat
  /** Bytes of keys and values that are kept for requests to come. */
  cacheBytes: number
}

/** A loaded model in the thread that runs it. One call at a time; see `Engine` for what the calls mean. */
export class Model {
  readonly #parts: ModelParts
  readonly #forward: Forward
  readonly #cache: PrefixCache

  constructor(parts: ModelParts) {
    this.#parts = parts
    this.#forward = new Forward(parts.session, parts.config)
    this.#cache = new PrefixCache(parts.config, parts.cacheBytes)
  }

  async *generate(request: GenerateRequest): AsyncGenerator<GenerateEvent, void> {
    const { tokenizer } = this.#parts
    const prompt = this.#prompt(request.messages, 1)
    const limit = Math.min(request.maxTokens, this.#parts.config.context - prompt.length)
    const { state, cached, logits: first } = await this.#prefill(prompt, request.signal)
    const random = seededRandom(request.seed)
    const reply = new ReplyText(request.stop)
    const tokens: TokenCount = { prompt: prompt.length, completion: 0, cached }
    let logits = first
    let finish: 'stop' | 'length' = 'length'
    while (tokens.completion < limit) {
      const id = sample(logits, request, random)
      if (tokenizer.ends.has(id)) {
        finish = 'stop'
        break
      }
      tokens.completion++
      const text = tokenizer.isControl(id) ? '' : reply.push(tokenizer.bytes(id))
      yield { type: 'token', text, token: this.#describe(logits, id, request.topLogprobs) }
      if (reply.stopped) {
        finish = 'stop'
        break
      }
      if (tokens.completion < limit) logits = await this.#last(state, [id], request.signal)
    }
    yield { type: 'end', text: reply.end(), finish, tokens }
  }

  async choose({ messages, choices, signal }: ChooseRequest): Promise<ChooseResult> {
    const sequences = choices.map((choice) => this.#parts.tokenizer.encode(choice))
    if (sequences.length === 0 || sequences.some((ids) => ids.length === 0)) {
      throw new PlumblineError('invalid_request', 'A choice is empty; give choices of at least one token.')
    }
    const prompt = this.#prompt(messages, Math.max(...sequences.map((ids) => ids.length)) - 1)
    const { state, cached, logits } = await this.#prefill(prompt, signal)
    const first = logSoftmax(logits)
    const scores: number[] = []
    for (const ids of sequences) {
      scores.push((first[ids[0] ?? -1] ?? Number.NaN) + (await this.#continuation(state, ids, signal)))
    }
    const probabilities = Array.from(logSoftmax(Float32Array.from(scores)), Math.exp)
    return { probabilities, tokens: { prompt: prompt.length, completion: 0, cached } }
  }

  /** Computed from nothing, whatever is cached. */
  async logprobs(tokens: number[]): Promise<Float32Array[]> {
    const { vocabulary } = this.#parts.config
    if (tokens.some((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary)) {
      throw new PlumblineError('invalid_request', `A token is not an integer below ${vocabulary}.`)
    }
    this.#checkRoom(tokens.length, 0)
    const rows = await this.#forward.run(new KvState(this.#parts.config, tokens.length), tokens, 'all')
    return rows.map(logSoftmax)
  }

  /** The log-probability of all tokens of a choice but the first, given those before them. */
  async #continuation(state: KvState, ids: readonly number[], signal?: AbortSignal): Promise<number> {
    if (ids.length === 1) return 0
    const length = state.tokens.length
    const rows = await this.#forward.run(state, ids.slice(0, -1), 'all', signal)
    state.truncate(length)
    return rows.reduce((sum, row, i) => sum + (logSoftmax(row)[ids[i + 1] ?? -1] ?? Number.NaN), 0)
  }

  async #prefill(prompt: readonly number[], signal?: AbortSignal) {
    const state = this.#cache.acquire(prompt)
    const cached = state.tokens.length
    return { state, cached, logits: await this.#last(state, prompt.slice(cached), signal) }
  }

  async #last(state: KvState, tokens: readonly number[], signal?: AbortSignal): Promise<Float32Array> {
    const [logits] = await this.#forward.run(state, tokens, 'last', signal)
    if (!logits) throw new PlumblineError('internal', 'The model was run on no tokens; report this.')
    return logits
  }

  #prompt(messages: GenerateRequest['messages'], room: number): number[] {
    const { chat, tokenizer } = this.#parts
    // Cutting megabytes into tokens would hold everybody up; what can't fit however it is cut is refused first.
    const characters = messages.reduce((sum, { content }) => sum + content.length, 1)
    this.#checkRoom(Math.ceil(characters / tokenizer.longest), room, 'at least ')
    const prompt = chat(messages)
    this.#checkRoom(prompt.length, room)
    return prompt
  }

  #checkRoom(length: number, room: number, bound = ''): void {
    const { context } = this.#parts.config
    if (length === 0) {
      throw new PlumblineError('invalid_request', 'The text has no tokens; send at least one.')
    }
    if (length + room <= context) return
    throw new PlumblineError(
      'context_exceeded',
      `The text takes ${bound}${length} tokens and needs room for ${room} more, but the model holds ${context}; ` +
        'shorten it.',
    )
  }

  #describe(logits: Float32Array, id: number, alternatives: number): GeneratedToken {
    const logprobs = logSoftmax(logits)
    const top = topIndices(logprobs, alternatives).map((other) => this.#token(other, logprobs))
    return { ...this.#token(id, logprobs), top }
  }

  #token(id: number, logprobs: Float32Array): TokenLogprob {
    const bytes = this.#parts.tokenizer.bytes(id)
    return {
      id,
      text: new TextDecoder().decode(bytes),
      bytes: [...bytes],
      logprob: logprobs[id] ?? Number.NaN,
    }
  }
}
