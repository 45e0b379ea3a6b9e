import type { TokenCount } from '../../shared/model/language-model.ts'
import type { Message } from '../../shared/protocol/message.ts'

/** What a loaded model is. */
export type ModelInfo = {
  /** Name for people and for `/v1/models`: smollm2-135m-instruct. */
  id: string
  /** SHA-256 of the weights file, hex: part of every cache key. */
  digest: string
  /** Tokens that prompt and reply may have together. */
  context: number
  vocabulary: number
  family: string
}

export type GenerateRequest = {
  messages: Message[]
  maxTokens: number
  /** 0 is greedy. */
  temperature: number
  topP: number
  seed: number
  stop: string[]
  /** How many alternatives each token reports, 0..20. */
  topLogprobs: number
  signal?: AbortSignal
}

export type TokenLogprob = { id: number; text: string; bytes: number[]; logprob: number }
export type GeneratedToken = TokenLogprob & { top: TokenLogprob[] }

/**
 * `text` is what the event adds to the visible reply, which is all of them in a row: empty while a UTF-8 sequence
 * or a stop string is open; the end adds what was held back and turned out to be neither.
 */
export type GenerateEvent =
  | { type: 'token'; text: string; token: GeneratedToken }
  | { type: 'end'; text: string; finish: 'stop' | 'length'; tokens: TokenCount }

export type ChooseRequest = { messages: Message[]; choices: string[]; signal?: AbortSignal }
export type ChooseResult = { probabilities: number[]; tokens: TokenCount }

export type EngineLoad = { queued: number; running: number }

/**
 * A model that answers. Lives in the main thread; the work is done in a thread of its own, one request at a
 * time in order of arrival. Throws `PlumblineError` with `context_exceeded`, `overloaded` or `internal`.
 */
export interface Engine {
  readonly model: ModelInfo
  readonly load: EngineLoad
  generate(request: GenerateRequest): AsyncIterable<GenerateEvent>
  /**
   * The probability that the reply begins with each choice, by one prefill: single-token choices are read off
   * the last position's logits, others by the log-probability of their whole token sequence; normalised over
   * the choices.
   */
  choose(request: ChooseRequest): Promise<ChooseResult>
  /** Teacher forcing: log-probabilities over the whole vocabulary after each of the tokens, [tokens][vocabulary]. */
  logprobs(tokens: number[]): Promise<Float32Array[]>
  close(): Promise<void>
}
