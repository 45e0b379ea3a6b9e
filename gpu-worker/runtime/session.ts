import type { DType } from '../onnx/types.ts'

/** A tensor in the host's memory, row-major. */
export type Tensor =
  | TensorOf<'float32', Float32Array>
  | TensorOf<'int32', Int32Array>
  | TensorOf<'int64', BigInt64Array>

export type TensorOf<D extends DType, A> = {
  readonly dtype: D
  readonly dims: readonly number[]
  readonly data: A
}

export type Feeds = Readonly<Record<string, Tensor>>

/** A loaded model. One run at a time. */
export interface Session {
  /**
   * Runs the model on the feeds and returns the outputs that `fetches` names, in that order; others are not
   * copied out.
   * A feed's data must not change until the run has ended.
   */
  run(feeds: Feeds, fetches: readonly string[]): Promise<Tensor[]>
  dispose(): Promise<void>
}

export type SessionOptions = {
  model: Uint8Array
  /** The folder of the model's external data. */
  weights: string
  threads: number
}

/** How a model is loaded: the one thing that a runtime gives. */
export type OpenSession = (options: SessionOptions) => Promise<Session>
