import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import type { TrainingShape } from './training-ports.ts'

/** Tokens of a trunk that look together, at all tokens up to the last of them. */
const CHUNK = 256

/** Tokens of a row before its lanes. */
export function trunkTokens({ tokens, lanes }: Pick<TrainingShape, 'tokens' | 'lanes'>): number {
  return lanes ? tokens - lanes.count * lanes.tokens : tokens
}

/** Pairs of tokens whose scores are computed, of a row. */
export function scorePairs(shape: Pick<TrainingShape, 'tokens' | 'lanes'>): number {
  const { count, tokens } = shape.lanes ?? { count: 0, tokens: 0 }
  const trunk = trunkTokens(shape)
  const ends = chunkSizes(trunk).map((size, i) => ({ size, end: i * CHUNK + size }))
  return ends.reduce((sum, { size, end }) => sum + size * end, count * tokens * (trunk + tokens))
}

/** Of a trunk. */
function chunkSizes(trunk: number): number[] {
  return Array.from({ length: Math.ceil(trunk / CHUNK) }, (_, i) => Math.min(CHUNK, trunk - i * CHUNK))
}

/**
 * Rows [B, T, ...] cut into tokens that look together: the chunks of their trunks, [B, S, ...] each, and where there are
 * lanes behind them these, as rows of their own: [B * count, L, ...].
 */
export function cutRows(g: Graph, shape: TrainingShape, x: Value): Value[] {
  const { rows, lanes } = shape
  const sizes = chunkSizes(trunkTokens(shape))
  if (!lanes) return sizes.length > 1 ? ops.split(g, x, sizes, 1) : [x]
  const parts = ops.split(g, x, [...sizes, lanes.count * lanes.tokens], 1)
  const size = [rows * lanes.count, lanes.tokens, ...x.shape.slice(2)]
  return parts.map((part, i) => (i === sizes.length ? ops.reshape(g, part, size) : part))
}

/** The reverse. */
export function joinRows(g: Graph, { rows, lanes }: TrainingShape, parts: readonly Value[]): Value {
  const inRows = (part: Value) => {
    const [, , ...rest] = part.shape
    return ops.reshape(g, part, [rows, (lanes?.count ?? 1) * Number(part.shape[1]), ...rest])
  }
  const all = parts.map((part, i) => (lanes && i === parts.length - 1 ? inRows(part) : part))
  return joined(g, all, 1)
}

/** The tokens that a part may look at, which lie along `axis`: its trunk's up to its own, or before a lane's own its row's trunk. */
export function seenTokens(
  g: Graph,
  { lanes }: TrainingShape,
  parts: readonly Value[],
  part: number,
  axis: number,
): Value {
  const own = partAt(parts, part)
  const before = parts.slice(0, part)
  const seen =
    lanes && part === parts.length - 1
      ? [repeated(g, joined(g, before, axis), lanes.count), own]
      : [...before, own]
  return joined(g, seen, axis)
}

/** One of the parts that a row was cut into. */
export function partAt(parts: readonly Value[], part: number): Value {
  const found = parts[part]
  if (!found) throw new TypeError(`there is no part ${part}`)
  return found
}

/** Each of the rows [B, ...] so many times: [B * count, ...], a row's one after the other. */
function repeated(g: Graph, x: Value, count: number): Value {
  if (count === 1) return x
  const [rows = 1, ...rest] = x.shape.map(Number)
  const copies = Array.from({ length: count }, () => x)
  return ops.reshape(g, joined(g, copies, 1), [rows * count, ...rest])
}

function joined(g: Graph, values: readonly Value[], axis: number): Value {
  const [first] = values
  if (first && values.length === 1) return first
  const size = values.reduce((sum, x) => sum + Number(x.shape[axis]), 0)
  return ops.concat(g, values, axis, size)
}
