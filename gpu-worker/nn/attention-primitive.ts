import * as fused from '../onnx/fused.ts'
import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import { type Attention, heads, splitHeads } from './attention.ts'
import type { DecoderConfig } from './decoder-config.ts'
import type { RunInputs } from './run-inputs.ts'

/**
 * Attention written out in operators that CUDA has too, for what its fused operator can't do: a bias. It reads and
 * writes the same buffers.
 */
export function primitiveAttention(g: Graph, config: DecoderConfig, run: RunInputs): Attention {
  const { kvHeads, headSize, scoreScale, local } = config
  const groups = config.heads / kvHeads
  const places = newPlaces(g, run)
  const indices = scatterIndices(g, places, kvHeads)
  const total = ops.reshape(g, ops.cast(g, run.total, 'int64'), [1])
  const masks = {
    global: mask(g, run, places, run.bias, null),
    local: local && mask(g, run, places, run.localBias, run.localBias ? null : local.window),
  }
  return ({ qkv, pastKey, pastValue, local: isLocal }) => {
    const [query, key, value] = qkv.length === 3 ? qkv : splitHeads(g, qkv[0], config)
    const tables = { ...((isLocal && run.localRotary) || run.rotary), interleaved: false }
    const rows = (x: Value) => ops.transpose(g, heads(g, x, headSize), [0, 2, 1, 3])
    const turned = (x: Value) => fused.rotate(g, rows(x), run.positions, tables)
    const keys = ops.scatter(g, pastKey, indices, turned(key))
    const values = ops.scatter(g, pastValue, indices, rows(value))
    const filled = (buffer: Value) => {
      const part = ops.slice(g, buffer, 2, g.ints([0]), total, 'total')
      return ops.reshape(g, part, ['batch', kvHeads, 1, 'total', headSize])
    }
    const grouped = ops.reshape(g, turned(query), ['batch', kvHeads, groups, 'new', headSize])
    const scores = ops.cast(g, fused.scaledProducts(g, grouped, filled(keys), scoreScale), 'float32')
    const weights = ops.softmax(g, ops.add(g, scores, (isLocal && masks.local) || masks.global))
    const mixed = ops.matmul(g, ops.cast(g, weights, value.dtype), filled(values))
    const output = ops.transpose(g, mixed, [0, 3, 1, 2, 4])
    const flat = ops.reshape(g, output, ['batch', 'new', kvHeads * groups * headSize])
    return { output: flat, key: keys, value: values }
  }
}

/** int64 [B, S]: the place of each new token in its row. Where all tokens are new, rows may be shorter than S. */
function newPlaces(g: Graph, { tokens, last, total }: RunInputs): Value {
  const count = ops.reshape(g, ops.sizeOf(g, tokens, 1), [])
  const filled = ops.add(g, ops.cast(g, last, 'int64'), g.ints([1], []))
  const past = ops.sub(g, ops.reshape(g, filled, ['batch', 1]), count)
  const allNew = ops.equal(g, count, ops.cast(g, total, 'int64'))
  const start = ops.where(g, allNew, g.ints([0], []), past)
  return ops.add(g, start, ops.range(g, count, 'new'))
}

/** int64 [B, kvHeads, S, 3]: row, head and place of each new token's keys in the buffer. */
function scatterIndices(g: Graph, places: Value, kvHeads: number): Value {
  const batch = ops.reshape(g, ops.sizeOf(g, places, 0), [])
  const zero = ops.sub(g, places, places)
  const shape = ['batch', 1, 'new', 1]
  const row = ops.add(g, ops.reshape(g, ops.range(g, batch, 'batch'), ['batch', 1]), zero)
  const head = g.ints(
    Array.from({ length: kvHeads }, (_, i) => i),
    [1, kvHeads, 1, 1],
  )
  const each = (x: Value) => ops.add(g, ops.reshape(g, x, shape), ops.sub(g, head, head))
  return ops.concat(g, [each(row), ops.add(g, ops.reshape(g, zero, shape), head), each(places)], 3, 3)
}

/** float32 [B, 1, 1, S, T]: 0 where a token may look, -inf where it may not. */
function mask(
  g: Graph,
  { total }: RunInputs,
  places: Value,
  bias: Value | null,
  window: number | null,
): Value {
  const hidden = ops.scalar(g, Number.NEGATIVE_INFINITY, 'float32')
  const seen = ops.scalar(g, 0, 'float32')
  const queries = ops.reshape(g, places, ['batch', 1, 1, 'new', 1])
  const keys = ops.range(g, ops.cast(g, total, 'int64'), 'total')
  const causal = ops.where(g, ops.atLeast(g, queries, keys), seen, hidden)
  const near =
    window === null
      ? causal
      : ops.where(g, ops.atLeast(g, ops.sub(g, queries, keys), g.ints([window], [])), hidden, causal)
  return bias ? ops.add(g, near, ops.unsqueeze(g, bias, 1)) : near
}
