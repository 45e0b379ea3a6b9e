import * as fused from '../../onnx/fused.ts'
import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { DType, Value } from '../../onnx/types.ts'
import type { Rows, Weights } from '../block.ts'
import type { Pieces } from './flat-parameters.ts'

/** A decoder's weights where all of them are trained: pieces of the flat vector. */
export class TrainedWeights implements Weights {
  readonly #graph: Graph
  readonly #pieces: Pieces
  readonly #type: DType
  readonly #tiedHead: boolean

  constructor(graph: Graph, pieces: Pieces, type: DType, tiedHead: boolean) {
    this.#graph = graph
    this.#pieces = pieces
    this.#type = type
    this.#tiedHead = tiedHead
  }

  linear(x: Value, name: string, _shape: readonly [number, number], rows?: Rows): Value {
    const piece = this.#piece(rows ? `${name}:${rows.from}` : name)
    return fused.matmulTransposed(this.#graph, x, ops.cast(this.#graph, piece, this.#type))
  }

  vector(name: string, _shape: readonly number[], type = this.#type, rows?: Rows): Value {
    return ops.cast(this.#graph, this.#piece(rows ? `${name}:${rows.from}` : name), type)
  }

  table(name: string): Value {
    return this.#piece(name)
  }

  #piece(name: string): Value {
    const own = this.#tiedHead && name === 'output.weight' ? 'token_embd.weight' : name
    const piece = this.#pieces.get(own)
    if (!piece) throw new TypeError(`no ${own} is trained`)
    return piece
  }
}
