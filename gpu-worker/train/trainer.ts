import type { Loss } from './loss.ts'
import type { ScoredBranch, TokenTree } from './token-tree.ts'

/** All that an update depends on beside its batch, and that it changes. Vectors are flat and of one length. */
export type TrainerState = {
  parameters: Float32Array
  /** AdamW's running means of the gradient and of its square. */
  first: Float32Array
  second: Float32Array
  /** Updates that were made. */
  updates: number
  /** Of mixed precision; 1 where the loss isn't scaled. */
  lossScale: number
}

export type UpdateReport = {
  loss: number
  /** Of the whole gradient, before it was clipped. */
  gradientNorm: number
  learningRate: number
  /** Tokens that passed the decoder, prompts once. */
  tokens: number
  /** By tree and branch, under the parameters before the update. */
  scores: ScoredBranch[][]
  /** False where mixed precision overflowed: nothing was changed but the loss's scale. */
  applied: boolean
  seconds: number
}

/**
 * The parameters of one role (a policy, a judge, a rubric generator) over a frozen decoder, or all of a tiny one's.
 * One call at a time. A loss or gradient that is not finite throws `not_finite` and leaves the state as it was.
 */
export interface Trainer {
  readonly parameterCount: number
  readonly updates: number
  /**
   * Adds up the gradient of all trees, in as many parts as memory asks for, and takes one step of AdamW. `planned` is the
   * update's place in the schedule where steps without any update count there too; else the number of updates made is.
   */
  update(trees: readonly TokenTree[], loss: Loss, planned?: number): Promise<UpdateReport>
  /** The flat gradient alone. */
  gradient(trees: readonly TokenTree[], loss: Loss): Promise<Float32Array>
  /** Under the current parameters, or others: null stands for the frozen decoder without any. */
  score(trees: readonly TokenTree[], parameters?: Float32Array | null): Promise<ScoredBranch[][]>
  /** Copies. */
  state(): TrainerState
  restore(state: TrainerState): void
  /**
   * Writes what was trained for the engine and others to load: an adapter as PEFT lays it out
   * (adapter_config.json, adapter_model.safetensors), or a whole model as Hugging Face does.
   */
  save(folder: string): Promise<void>
  dispose(): void
}
