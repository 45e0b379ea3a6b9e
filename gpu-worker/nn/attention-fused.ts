import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'
import type { Attention } from './attention.ts'
import type { DecoderConfig } from './decoder-config.ts'
import type { RunInputs } from './run-inputs.ts'

/** Attention by the runtime's own operator, which turns queries and keys too. CUDA's takes no bias. */
export function fusedAttention(g: Graph, config: DecoderConfig, run: RunInputs, type: DType): Attention {
  const { heads, kvHeads, scoreScale, local } = config
  const tree = run.bias && positionedRun(g, run, [run.bias, run.localBias], type)
  const total = tree?.total ?? run.total
  const [bias = null, localBias = null] = tree?.biases ?? []
  return ({ qkv: [query, key, value], pastKey, pastValue, local: isLocal }) =>
    fused.attention(g, {
      ...{ query, key: key ?? null, value: value ?? null, pastKey, pastValue },
      ...{ last: run.last, total, positions: run.positions },
      rotary: { ...((isLocal && run.localRotary) || run.rotary), interleaved: false },
      bias: isLocal ? localBias : bias,
      // With a bias it is the bias that hides what lies before the window: by position, not by place.
      window: isLocal && !tree ? (local?.window ?? null) : null,
      ...{ heads, kvHeads, scale: scoreScale },
    })
}

/**
 * Where all tokens are new, the operator heeds the first one's position alone. So the total is said to be one more
 * then, which turns that off and changes nothing else: `last` says how many places are filled. It can't be done with
 * several rows, which the operator takes several tokens of only where all are new.
 */
function positionedRun(
  g: Graph,
  { tokens, total }: RunInputs,
  biases: readonly (Value | null)[],
  type: DType,
) {
  const whole = (condition: Value) => ops.cast(g, condition, 'int64')
  const allNew = whole(ops.equal(g, ops.sizeOf(g, tokens, 1), ops.cast(g, total, 'int64')))
  const extra = ops.mul(g, allNew, whole(ops.equal(g, ops.sizeOf(g, tokens, 0), g.ints([1]))))
  return {
    total: ops.add(g, total, ops.reshape(g, ops.cast(g, extra, 'int32'), [])),
    biases: biases.map((bias) => bias && ops.cast(g, ops.padEnd(g, bias, extra, 'padded'), type)),
  }
}
