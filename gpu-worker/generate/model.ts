import type { TokenCount } from '../../shared/model/language-model.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { DType } from '../onnx/types.ts'
import type { Device, Session } from '../runtime/device.ts'
import type { Chat } from '../text/chat.ts'
import type { ConstraintCompiler } from '../text/constraint.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
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
import type { KvShape } from './kv/kv-shape.ts'
import { PrefixCache } from './kv/prefix-cache.ts'
import { Passes } from './passes.ts'
import { Prompt } from './prompt.ts'
import { Reader } from './reader.ts'
import { Reply } from './reply.ts'
import { logSoftmax } from './sampler.ts'
import { Scorer } from './scorer.ts'
import { Turns } from './turns.ts'
import { Writer } from './writer.ts'

export type ModelSizes = Omit<KvShape, 'dtype'> & {
  vocabulary: number
  context: number
  /** Whether some layers look back a window alone. */
  windows: boolean
}

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
  sizes: ModelSizes
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
  readonly #passes: Passes
  readonly #cache: PrefixCache
  readonly #budget: KvBudget
  readonly #admission: Admission
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #scorer: Scorer
  readonly #tokens: TokenCount = { prompt: 0, cached: 0, completion: 0 }

  constructor(parts: ModelParts) {
    const { device, session, sizes, type, limits } = parts
    const { vocabulary } = sizes
    const shape = { layers: sizes.layers, kvHeads: sizes.kvHeads, headSize: sizes.headSize, dtype: type }
    this.#parts = parts
    this.#prompt = new Prompt(parts.chat, parts.tokenizer.longest, sizes.context)
    const passes = new Passes(device, session, sizes)
    const turns = new Turns()
    const adapt = () => null
    const writer = new Writer({ device, shape, passes, turns, adapt, vocabulary })
    const budget = new KvBudget(shape, {
      limit: limits.kvBytes,
      cacheLimit: limits.cacheBytes,
      batchBytes: () => writer.bytes,
    })
    const cache = new PrefixCache(device, shape)
    this.#reader = new Reader({ passes, turns, cache, budget, adapt, vocabulary })
    this.#admission = new Admission(budget, limits.maxBatch)
    this.#scorer = new Scorer(this.#reader, this.#admission, { pack: limits.pack, batch: limits.scoreBatch })
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
    const { constraints, tokenizer, sizes } = this.#parts
    const prompt = this.#prompt.tokens(request.messages, 1)
    const limit = Math.min(request.maxTokens, sizes.context - prompt.length)
    const constraint = request.constraint ? await constraints.compile(request.constraint) : null
    try {
      const reply = new Reply({ request, tokenizer, constraint, limit, onToken: onEvent })
      const { caller = '', signal } = request
      const end = await generate(
        { reader: this.#reader, writer: this.#writer, admission: this.#admission },
        { prompt, limit, reply, adapter: null, caller, signal, onStart },
      )
      this.#count(end.tokens)
      onEvent(end)
    } finally {
      constraint?.dispose()
    }
  }

  async choose(request: ChooseRequest, onStart: OnStart): Promise<ChooseResult> {
    const choices = request.choices.map((choice) => this.#parts.tokenizer.encode(choice))
    if (choices.length === 0 || choices.some((tokens) => tokens.length === 0)) {
      throw new PlumblineError('invalid_request', 'A choice is empty; give choices of at least one token.')
    }
    const prompt = this.#prompt.tokens(request.messages, Math.max(...choices.map(({ length }) => length)) - 1)
    const { caller = '', signal } = request
    const result = await this.#scorer.score({ prompt, choices, adapter: null, caller, signal, onStart })
    this.#count(result.tokens)
    return result
  }

  /** Computed from nothing, whatever is cached. */
  async logprobs(tokens: readonly number[], onStart: OnStart, signal?: AbortSignal): Promise<Float32Array[]> {
    const { vocabulary } = this.#parts.sizes
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

  async loadAdapter(name: string, folder: string): Promise<AdapterInfo> {
    throw new PlumblineError('invalid_request', `No adapters yet: ${name} ${folder}.`)
  }

  async unloadAdapter(name: string): Promise<void> {
    throw new PlumblineError('model_not_found', `No adapter ${name}.`)
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

  /** When nothing runs any more. */
  dispose(): void {
    const { device, session, constraints } = this.#parts
    this.#cache.shrink(0)
    this.#writer.dispose()
    this.#passes.dispose()
    constraints.dispose()
    session.dispose()
    device.dispose()
  }

  #count({ prompt, cached, completion }: TokenCount): void {
    this.#tokens.prompt += prompt
    this.#tokens.cached += cached
    this.#tokens.completion += completion
  }
}
