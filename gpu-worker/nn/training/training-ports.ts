import type { Graph } from '../../onnx/graph.ts'
import type { DType, Value } from '../../onnx/types.ts'
import type { Column } from '../../train/token-tree.ts'

/**
 * The sizes of a training graph: B rows of T tokens, each row one token tree (or a part of one, its prompt with it), and
 * R tokens that the loss looks at. Where there are lanes, they are the last count * tokens of a row's tokens; what comes
 * before them is its trunk, which holds the prompt. A branch lies in the trunk or in a lane, whole: attention between lanes
 * is not computed.
 */
export type TrainingShape = { rows: number; tokens: number; lanes?: Lanes; targets: number }

/** Places for branches in a row: so many, of so many tokens each. */
export type Lanes = { count: number; tokens: number }

/** Names of the training graph's inputs and outputs. Floats are float32, but for a float64 graph. */
export const TRAINING_PORTS = {
  /** Floats [P]: what is trained, laid out as the layout says. */
  parameters: 'parameters',
  /** int64 [B, T]: the tokens; any for padding. */
  tokens: 'tokens',
  /** int64 [B, T]: the position of each in its text: a branch goes on where the prompt ended. 0 for padding. */
  positions: 'positions',
  /** int64 [B, T]: 0 in the prompt, k in the k-th branch, -1 for padding. A token sees those before it of the prompt and of its branch. */
  branch: 'branch',
  /** int64 [R]: for each target its place among the B * T tokens' predecessors: for a branch's first token that is the prompt's last. */
  rows: 'rows',
  /** int64 [R]: the tokens whose log-probabilities are wanted; any for padding, whose weight is 0. */
  targets: 'targets',
  /** int64 [R], for preference losses: 2k and 2k + 1 for the tokens of the k-th pair's first and second branch, -1 for padding; k < B. */
  sequence: 'sequence',
  /** Floats [R]: a column of what the loss is told. */
  column: (column: Column) => column,
  /** int64 scalar, with dropout: at least 0 and below 2^31; another draws other masks. */
  seed: 'seed',
  /** float32 scalar, for 16-bit graphs: the gradient is multiplied by it. */
  lossScale: 'loss_scale',
  /** Floats [P]: what was added up so far. */
  gradient: 'gradient',
  /** Floats [P]: the same with the gradient of these rows added; to be bound to the memory of `gradient`. */
  newGradient: 'new_gradient',
  /** Float scalar. */
  loss: 'loss',
  /** Floats [R], natural logarithms. */
  logprobs: 'logprobs',
  /** Floats [R]: of the distribution that a target was drawn from, in nats. */
  entropies: 'entropies',
} as const

/** An input or output with the tensor that it takes. */
export type TrainingPort = { name: string; dtype: DType; dims: readonly number[] }

/** Declares a graph's inputs and outputs, and keeps what each takes. */
export class PortList {
  readonly #graph: Graph
  readonly inputs: TrainingPort[] = []
  readonly outputs: TrainingPort[] = []

  constructor(graph: Graph) {
    this.#graph = graph
  }

  input(name: string, dtype: DType, dims: readonly number[]): Value {
    this.inputs.push({ name, dtype, dims })
    return this.#graph.input(name, dtype, dims)
  }

  output(name: string, value: Value): void {
    this.outputs.push({ name, dtype: value.dtype, dims: value.shape.map(Number) })
    this.#graph.output(name, value)
  }
}
