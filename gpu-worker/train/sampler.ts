import type { Message } from '../../shared/protocol/message.ts'

export type SampleRequest = {
  messages: readonly Message[]
  /** Of an adapter that `load` was given; null is the base model. */
  role: string | null
  count: number
  maxTokens: number
  /** 0 is greedy. */
  temperature: number
  seed: number
  stop?: readonly string[]
}

export type ChoiceRequest = { messages: readonly Message[]; role: string | null; choices: readonly string[] }

/** What the model wrote. `tokens` end with its end-of-turn token where it ended the text itself. */
export type Sample = {
  tokens: number[]
  text: string
  /** The engine's, of each token, at temperature 1 over the whole vocabulary. */
  logprobs: Float32Array
  finish: 'stop' | 'length'
}

/**
 * The inference engine as training uses it. On the CPU a call gives the same samples, to the last digit, for the same
 * requests, adapters and number of threads, whatever was asked before.
 */
export interface Sampler {
  /** The prompt as the model is given it: the chat template with its opening of a reply. */
  prompt(messages: readonly Message[]): number[]
  encode(text: string): number[]
  decode(tokens: readonly number[]): string
  /** The token that ends a reply. */
  readonly end: number
  /** By request, `count` each; all are computed together. One call at a time. Throws the signal's reason. */
  sample(requests: readonly SampleRequest[], signal?: AbortSignal): Promise<Sample[][]>
  /** The probability of each choice as the reply, normalised over them. */
  choose(requests: readonly ChoiceRequest[], signal?: AbortSignal): Promise<number[][]>
  /** From now on a role is answered with the adapter or the whole model in a folder, which may then be removed. */
  load(role: string, folder: string): Promise<void>
}
