import type { TokenCount } from '../../shared/model/language-model.ts'
import type { PlumblineError } from '../../shared/protocol/error.ts'
import type { Message } from '../../shared/protocol/message.ts'
import type { ConstraintSpec } from '../text/constraint.ts'
import type { Precision } from '../weights/store/plan.ts'

/** What a loaded model is. */
export type ModelInfo = {
  /** Name for people and for `/v1/models`: smollm2-135m-instruct. */
  id: string
  /** SHA-256 of the weights file, hex; of several files, of their digests. Part of every cache key. */
  digest: string
  /** Tokens that prompt and reply may have together: as many as the model, the settings and memory allow. */
  context: number
  vocabulary: number
  family: string
  precision: Precision
}

/** What all requests share. */
export type RequestBasics = {
  /** The adapter to answer with, by its name; none answers with the base model. */
  adapter?: string
  /** Who asks: those who wait are served in turn, one request of each caller after the other. */
  caller?: string
  signal?: AbortSignal
}

export type GenerateRequest = RequestBasics & {
  messages: Message[]
  maxTokens: number
  /** 0 is greedy. */
  temperature: number
  topP: number
  seed: number
  stop: string[]
  /** How many alternatives each token reports, 0..20. */
  topLogprobs: number
  constraint?: ConstraintSpec
}

export type TokenLogprob = { id: number; text: string; bytes: number[]; logprob: number }
export type GeneratedToken = TokenLogprob & { top: TokenLogprob[] }

/** Milliseconds: waiting for a place, computing the prompt, writing the reply. */
export type Timing = { queued: number; prefill: number; decode: number }

/**
 * `text` is what the event adds to the visible reply, which is all of them in a row: empty while a UTF-8 sequence
 * or a stop string is open; the end adds what was held back and turned out to be neither. `ending` is the token by which the model ended
 * the reply itself.
 */
export type GenerateEvent =
  | { type: 'token'; text: string; token: GeneratedToken }
  | {
      type: 'end'
      text: string
      finish: 'stop' | 'length'
      ending?: TokenLogprob
      tokens: TokenCount
      timing: Timing
    }

export type ChooseRequest = RequestBasics & { messages: Message[]; choices: string[] }
export type ChooseResult = { probabilities: number[]; tokens: TokenCount; timing: Timing }

/** A LoRA adapter that may be named. `digest` is the SHA-256 of its weights. */
export type AdapterInfo = { name: string; digest: string; rank: number }

export type EngineLoad = { queued: number; running: number }

/** Totals since the start, and how things are now. */
export type EngineStats = {
  tokens: { prompt: number; cached: number; completion: number }
  /** Forward passes, the rows and new tokens that they had in all, and the milliseconds they took. */
  passes: { count: number; rows: number; tokens: number; milliseconds: number }
  /** Keys and values, in bytes; `running` is set aside for what is under way. */
  kv: { running: number; cached: number; limit: number }
  /** Prompts that found a prefix in the cache, and that found none. */
  prefix: { hits: number; misses: number; evictions: number }
}

/**
 * A model that answers. Lives in the main thread; the work is done in a thread of its own, where requests join and
 * leave a running batch. Throws `PlumblineError` with `context_exceeded`, `overloaded`, `invalid_request`,
 * `model_not_found` (no such adapter) or `internal`.
 */
export interface Engine {
  readonly model: ModelInfo
  readonly load: EngineLoad
  readonly adapters: readonly AdapterInfo[]
  /** Resolves with the reason once the engine has ended by itself: nothing will ever answer again. */
  readonly failure: Promise<PlumblineError>
  stats(): EngineStats
  generate(request: GenerateRequest): AsyncIterable<GenerateEvent>
  /**
   * The probability that the reply is each choice, without decoding: by the log-probability of each choice's
   * tokens after the prompt, normalised over the choices. Calls that wait together are scored together: what
   * their texts have in common is computed once.
   */
  choose(request: ChooseRequest): Promise<ChooseResult>
  /** Teacher forcing: log-probabilities over the whole vocabulary after each of the tokens, [tokens][vocabulary]. */
  logprobs(tokens: number[]): Promise<Float32Array[]>
  /** Loads a PEFT adapter from a folder (adapter_config.json, adapter_model.safetensors), to stay; one of the same name is replaced. */
  loadAdapter(name: string, folder: string): Promise<AdapterInfo>
  /** Lists an adapter, which is loaded when a request names it, in the place of the one so listed that was longest unused. */
  offerAdapter(name: string, folder: string): Promise<AdapterInfo>
  /** What is being answered with it is finished first. */
  unloadAdapter(name: string): Promise<void>
  close(): Promise<void>
}
