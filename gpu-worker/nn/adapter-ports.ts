import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import { ADAPTER_ROLES, type AdapterRole, PORTS } from './ports.ts'

/** The gate of each role's adapters, [tokens, ranks]. */
export type AdapterPorts = ReadonlyMap<AdapterRole, Value>

/** Declares the gates. `tokens` is the graph's input [B, S]: a row's gate serves all of its tokens. */
export function adapterPorts(g: Graph, tokens: Value, type: DType): AdapterPorts {
  const sizes = ops.concat(g, [ops.shapeOf(g, tokens), g.ints([1])], 0, 3)
  return new Map(
    ADAPTER_ROLES.map((role) => {
      const gate = g.input(PORTS.loraGate(role), type, ['batch', 1, ranks(role)])
      const all = ops.expand(g, gate, sizes, ['batch', 'new', ranks(role)])
      return [role, ops.asMatrix(g, all, 'tokens')]
    }),
  )
}

/** y + gate * (x aᵀ) b (arXiv 2106.09685, equation 3), of matrices. */
export function withAdapters(
  g: Graph,
  gates: AdapterPorts,
  x: Value,
  y: Value,
  layer: number,
  role: AdapterRole,
): Value {
  const gate = gates.get(role)
  if (!gate) return y
  const a = g.input(PORTS.loraA(layer, role), x.dtype, [ranks(role), x.shape.at(-1) ?? 1])
  const b = g.input(PORTS.loraB(layer, role), x.dtype, [ranks(role), y.shape.at(-1) ?? 1])
  return ops.gemm(g, ops.mul(g, ops.gemmTransposed(g, x, a), gate), b, y)
}

const ranks = (role: AdapterRole) => `ranks_${role}`
