import type { Message } from '../protocol/message.ts'
import type { Instantiation, VerdictMethod } from '../protocol/model-entry.ts'
import type { ArmFormName } from '../protocol/training/rubric-arm.ts'
import type { Trace } from '../telemetry/trace.ts'

/** Calls that one judgment has in flight to a model that says nothing else: what a Workers invocation may have open. */
export const CALLS_IN_FLIGHT = 6

/** Tokens of one model call. `cached` is the part of `prompt` that was not computed again. */
export type TokenCount = { prompt: number; completion: number; cached: number }

export type JsonSchema = { readonly [key: string]: unknown }

export type GenerateOptions = {
  /** The reply must be JSON of this schema. `name` is what OpenAI-compatible servers want beside it. */
  schema?: { name: string; schema: JsonSchema }
  /** Default 0. */
  temperature?: number
  seed?: number
  /** Default 4096. */
  maxTokens?: number
  /** Default 1, which is all of the distribution. */
  topP?: number
  /** As the model's server names it; only some models reason. */
  reasoningEffort?: string
  signal?: AbortSignal
  /** The span that the call belongs to. */
  trace?: Trace
}

/** `finish: "length"` means that the text is cut off: an error to whoever reads it, never a score. */
export type Generation = { text: string; finish: 'stop' | 'length'; tokens: TokenCount }

export type ChooseOptions = Pick<GenerateOptions, 'signal' | 'trace'>

/** `probabilities[i]` belongs to `choices[i]`; they sum to 1 over the choices. */
export type Choice = { probabilities: number[]; tokens: TokenCount }

/**
 * The one port to a model. Judges are written against it alone, so the same judge runs at the edge with a
 * hosted model and in the worker next to the weights.
 *
 * Both calls throw `PlumblineError` with one of the codes `model_unreachable`, `model_timeout`,
 * `model_unavailable`, `model_http_error`, `reply_not_json`, `reply_invalid`, `reply_refused`, `reply_truncated`,
 * `reply_too_long`, `choice_not_observed`, `context_exceeded`, `overloaded` or `loading`; `transient` tells transport
 * failures from deterministic ones.
 */
export interface LanguageModel {
  /** What the model is, for keys: its name with the digest of its weights or its declared revision. */
  readonly identity: string
  readonly instantiate: Instantiation
  readonly verdicts: VerdictMethod
  /**
   * Calls that one judgment may have in flight; default `CALLS_IN_FLIGHT`. Infinity for a model that gains from
   * seeing all of a judgment's questions at once.
   */
  readonly concurrency?: number
  /**
   * Of a judge that was trained as one half of Rubric-ARM: the form that it and its generator write in, and that
   * generator. What a model without it is asked by rubric-arm it does in both roles, in the published form.
   */
  readonly arm?: { form: ArmFormName; generator: LanguageModel }
  generate(messages: Message[], options?: GenerateOptions): Promise<Generation>
  /** The probability that the model's reply begins with each choice; choices are short and distinct. */
  choose(messages: Message[], choices: string[], options?: ChooseOptions): Promise<Choice>
}
