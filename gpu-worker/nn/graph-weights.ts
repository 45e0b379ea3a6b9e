import { basename } from 'node:path'
import { PlumblineError } from '../../shared/protocol/error.ts'
import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import type { ExternalInitializer } from '../runtime/device.ts'
import type { StoredTensor, StoredWeight, WeightStore } from '../weights/store/weight-store.ts'
import type { Rows, Weights } from './block.ts'

/** A store's weights as constants of a graph, which computes in one type. */
export class GraphWeights implements Weights {
  readonly #graph: Graph
  readonly #store: WeightStore
  readonly #type: DType
  readonly #used = new Map<string, ExternalInitializer>()

  constructor(graph: Graph, store: WeightStore, type: DType) {
    this.#graph = graph
    this.#store = store
    this.#type = type
  }

  /** Those that the graph has asked for. */
  get initializers(): ExternalInitializer[] {
    return [...this.#used.values()]
  }

  /** Multiplied as the weight is stored. */
  linear(x: Value, name: string, shape: readonly [number, number], rows?: Rows): Value {
    const weight = this.#weight(name, shape)
    if (weight.kind === 'plain') {
      const constant = this.#rows(name, weight.tensor, rows)
      return fused.matmulTransposed(this.#graph, x, ops.cast(this.#graph, constant, this.#type))
    }
    if (rows) throw new TypeError(`${name} is blocked`)
    const { bits, block } = weight
    return fused.matmulBlocked(this.#graph, x, {
      values: this.#constant(`${name}:values`, weight.values),
      scales: ops.cast(this.#graph, this.#constant(`${name}:scales`, weight.scales), this.#type),
      zeros: weight.zeros && this.#constant(`${name}:zeros`, weight.zeros),
      ...{ bits, block, shape },
    })
  }

  vector(name: string, shape: readonly number[], type = this.#type, rows?: Rows): Value {
    return ops.cast(this.#graph, this.#rows(name, this.#plain(name, shape), rows), type)
  }

  table(name: string, shape: readonly number[]): Value {
    return this.#constant(name, this.#plain(name, shape))
  }

  #plain(name: string, shape: readonly number[]): StoredTensor {
    const weight = this.#weight(name, shape)
    if (weight.kind === 'blocked') throw new TypeError(`${name} is blocked`)
    return weight.tensor
  }

  #rows(name: string, tensor: StoredTensor, rows: Rows | undefined): Value {
    return rows ? this.#constant(`${name}:${rows.from}`, rowsOf(tensor, rows)) : this.#constant(name, tensor)
  }

  #weight(name: string, shape: readonly number[]): StoredWeight {
    const weight = this.#store.weights.get(name)
    const stored = weight?.kind === 'plain' ? weight.tensor.shape : weight?.shape
    if (weight && stored?.join() === shape.join()) return weight
    throw new PlumblineError(
      'not_configured',
      `The weights have ${stored ? `${name} of shape [${stored}]` : `no ${name}`} where the model's sizes want ` +
        `[${shape}]; fetch the files again.`,
    )
  }

  #constant(name: string, { dtype, shape, offset, bytes }: StoredTensor): Value {
    this.#used.set(name, { name, dtype, dims: shape, offset })
    return this.#graph.weight(name, dtype, shape, {
      location: basename(this.#store.path),
      offset,
      length: bytes,
    })
  }
}

function rowsOf({ dtype, shape, offset, bytes }: StoredTensor, { from, count }: Rows): StoredTensor {
  const [rows = 1, ...columns] = shape
  const row = bytes / rows
  return { dtype, shape: [count, ...columns], offset: offset + from * row, bytes: count * row }
}
