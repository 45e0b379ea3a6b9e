import type { TokenCount } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { DecoderConfig } from '../nn/decoder-config.ts'
import type { DType } from '../onnx/types.ts'
import type { Device, Session } from '../runtime/device.ts'
import type { Chat } from '../text/chat.ts'
import type { ConstraintCompiler } from '../text/constraint.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { Adapters } from './adapters.ts'
import { Admission } from './admission.ts'
import type {
  AdapterInfo,
  ChooseRequest,
  ChooseResult,
  EngineStats,
  GenerateEvent,
  GenerateRequest,
} from './engine.ts'
import { generate } from './generation.ts'
import { KvBudget } from './kv/kv-budget.ts'
import { PrefixCache } from './kv/prefix-cache.ts'
import { Passes } from './passes.ts'
import { Prompt } from './prompt.ts'
import { Reader } from './reader.ts'
import { Reply } from './reply.ts'
import { logSoftmax } from './sampler.ts'
import { Scorer } from './scorer.ts'
import { closed } from './thread-messages.ts'
import { Turns } from './turns.ts'
import { Writer } from './writer.ts'

export type ModelLimits = {
  /** Bytes of keys and values in all, and of those kept for requests to come. */
  kvBytes: number
  cacheBytes: number
  /** Replies that are written together. */
  maxBatch: number
  /** Tokens of one row of branches, see `plan`; tokens that a batch of questions computes, about. */
  pack: number
  scoreBatch: number
}

export type ModelParts = {
  device: Device
  session: Session
  /** Opens the decoder that takes adapters, over the same weights. */
  openAdapted: () => Promise<Session>
  config: DecoderConfig
  /** Of keys and values. */
  type: DType
  tokenizer: Tokenizer
  chat: Chat
  constraints: ConstraintCompiler
  limits: ModelLimits
}

/** Called when a request leaves the queue. */
type OnStart = () => void

/** A loaded model in the thread that runs it. See `Engine` for what the calls mean. */
export class Model {
  readonly #parts: ModelParts
  readonly #prompt: Prompt
  readonly #turns: Turns
  readonly #adapters: Adapters
  readonly #passes: Passes
  readonly #cache: PrefixCache
  readonly #budget: KvBudget
  readonly #admission: Admission
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #scorer: Scorer
  readonly #tokens: TokenCount = { prompt: 0, cached: 0, completion: 0 }

  constructor(parts: ModelParts) {
    const { device, session, config, type, limits, openAdapted } = parts
    const { vocabulary, layers, kvHeads, headSize } = config
    const shape = { layers, kvHeads, headSize, dtype: type }
    this.#parts = parts
    this.#prompt = new Prompt(parts.chat, parts.tokenizer.longest, config.context)
    const passes = new Passes(device, session, { vocabulary, windows: config.local !== null })
    const turns = new Turns()
    const cache = new PrefixCache(device, shape)
    const forget = (adapter: string) => cache.forget(adapter)
    const adapters = new Adapters({ device, config, type, openSession: openAdapted, turns, forget })
    const adapt = (rows: readonly (string | null)[]) => adapters.adapt(rows)
    const writer = new Writer({ device, shape, passes, turns, adapt, vocabulary })
    const budget = new KvBudget(shape, {
      limit: limits.kvBytes,
      cacheLimit: limits.cacheBytes,
      batchBytes: () => writer.bytes,
    })
    this.#reader = new Reader({ passes, turns, cache, budget, adapt, vocabulary })
    this.#admission = new Admission(budget, limits.maxBatch)
    const { pack, scoreBatch: batch } = limits
    this.#scorer = new Scorer(this.#reader, this.#admission, { pack, batch, places: config.context })
    this.#turns = turns
    this.#adapters = adapters
    this.#passes = passes
    this.#writer = writer
    this.#budget = budget
    this.#cache = cache
  }

  async generate(
    request: GenerateRequest,
    onStart: OnStart,
    onEvent: (event: GenerateEvent) => void,
  ): Promise<void> {
    const { constraints, tokenizer, config } = this.#parts
    const prompt = this.#prompt.tokens(request.messages, 1)
    const limit = Math.min(request.maxTokens, config.context - prompt.length)
    using adapter = await this.#adapters.use(request.adapter)
    const constraint = request.constraint ? await constraints.compile(request.constraint) : null
    try {
      const reply = new Reply({ request, tokenizer, constraint, limit, onToken: onEvent })
      const { caller = '', signal } = request
      const end = await generate(
        { reader: this.#reader, writer: this.#writer, admission: this.#admission },
        { prompt, limit, reply, adapter: adapter.key, caller, signal, onStart },
      )
      this.#count(end.tokens)
      onEvent(end)
    } finally {
      constraint?.dispose()
    }
  }

  async choose(request: ChooseRequest, onStart: OnStart): Promise<ChooseResult> {
    const { tokenizer, config } = this.#parts
    const choices = request.choices.map((choice) => tokenizer.encode(choice, config.context))
    if (choices.length === 0 || choices.some((tokens) => tokens.length === 0)) {
      throw new PlumblineError('invalid_request', 'A choice is empty; give choices of at least one token.')
    }
    const prompt = this.#prompt.tokens(request.messages, longest(choices) - 1)
    using adapter = await this.#adapters.use(request.adapter)
    const { caller = '', signal } = request
    const question = { prompt, choices, adapter: adapter.key, caller, signal, onStart }
    const result = await this.#scorer.score(question)
    this.#count(result.tokens)
    return result
  }

  /** Computed from nothing, whatever is cached. */
  async logprobs(tokens: readonly number[], onStart: OnStart, signal?: AbortSignal): Promise<Float32Array[]> {
    const { vocabulary } = this.#parts.config
    if (tokens.some((id) => !Number.isInteger(id) || id < 0 || id >= vocabulary)) {
      throw new PlumblineError('invalid_request', `A token is not an integer below ${vocabulary}.`)
    }
    this.#prompt.check(tokens.length, 0)
    const need = { prompt: tokens.length, row: null }
    const admitted = await this.#admission.enter({ kind: 'score', caller: '', need: () => need, signal })
    try {
      onStart()
      const wanted = { adapter: null, tokens, until: 0, room: tokens.length }
      return await this.#reader.using(wanted, async (sequence) => {
        const rows = await this.#reader.read(sequence, tokens, [...tokens.keys()], signal)
        return rows.map(logSoftmax)
      })
    } finally {
      admitted.read()
      admitted.left()
    }
  }

  loadAdapter(name: string, folder: string): Promise<AdapterInfo> {
    return this.#adapters.load(name, folder)
  }

  offerAdapter(name: string, folder: string): Promise<AdapterInfo> {
    return this.#adapters.offer(name, folder)
  }

  unloadAdapter(name: string): Promise<void> {
    return this.#adapters.unload(name)
  }

  stats(): EngineStats {
    const { counts } = this.#passes
    return {
      tokens: { ...this.#tokens },
      passes: { ...counts },
      kv: {
        running: this.#budget.running,
        cached: this.#cache.bytes,
        limit: this.#parts.limits.kvBytes,
      },
      prefix: { ...this.#cache.counts },
    }
  }

  /**
   * Drops all that was kept of earlier texts. When nothing runs, replies then depend on no request before: what is
   * cached is read in other pieces than what is not, which changes the last digits of logits.
   */
  forget(): void {
    this.#cache.shrink(0)
  }

  /** Waits for the pass under way; what else runs fails. The device stays its owner's. */
  async dispose(): Promise<void> {
    const { session, constraints } = this.#parts
    await this.#turns.end(closed())
    // Whoever held memory lets it go before this continues.
    await new Promise((resolve) => setImmediate(resolve))
    this.#cache.shrink(0)
    this.#writer.dispose()
    this.#passes.dispose()
    this.#adapters.dispose()
    constraints.dispose()
    session.dispose()
  }

  #count({ prompt, cached, completion }: TokenCount): void {
    this.#tokens.prompt += prompt
    this.#tokens.cached += cached
    this.#tokens.completion += completion
  }
}

function longest(choices: readonly (readonly number[])[]): number {
  return choices.reduce((most, { length }) => Math.max(most, length), 0)
}
