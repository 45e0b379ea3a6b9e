import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { DType, Value } from '../../onnx/types.ts'
import { cutRows, partAt, seenTokens } from './row-parts.ts'
import type { TrainingShape } from './training-ports.ts'

/** Where the tokens of a batch belong, each int64 [B, T]. */
export type TreeInputs = { positions: Value; branch: Value }

/** The same of some tokens [N, S], with their places in their rows. */
type Placed = TreeInputs & { places: Value }

/** For each part of the rows what is added to its scores: [N, 1, 1, tokens, tokens that it may see]. */
export function treeMasks(
  g: Graph,
  shape: TrainingShape,
  { positions, branch }: TreeInputs,
  window: number | null,
  type: DType,
): Value[] {
  const { rows: B, tokens: T } = shape
  const places = ops.expand(g, ops.range(g, g.ints([T], []), T), g.ints([B, T]), [B, T])
  const parts = {
    positions: cutRows(g, shape, positions),
    branch: cutRows(g, shape, branch),
    places: cutRows(g, shape, places),
  }
  return parts.branch.map((_, i) => {
    const of = (find: (all: readonly Value[]) => Value): Placed => ({
      positions: find(parts.positions),
      branch: find(parts.branch),
      places: find(parts.places),
    })
    return treeMask(
      g,
      of((all) => partAt(all, i)),
      of((all) => seenTokens(g, shape, all, i, 1)),
      window,
      type,
    )
  })
}

/**
 * 0 where a token may look, -inf where it may not. It looks at those of the prompt and of its branch that don't come after
 * it, and with a window at none that is so many positions away. Every token sees itself, padding too.
 */
function treeMask(g: Graph, queries: Placed, keys: Placed, window: number | null, type: DType): Value {
  const hidden = ops.scalar(g, Number.NEGATIVE_INFINITY, type)
  const seen = ops.scalar(g, 0, type)
  const of = (x: Value) => ops.unsqueeze(g, x, 2)
  const at = (x: Value) => ops.unsqueeze(g, x, 1)
  const own = ops.equal(g, at(keys.branch), of(queries.branch))
  const prompt = at(ops.equal(g, keys.branch, g.ints([0], [])))
  const related = ops.where(g, own, seen, ops.where(g, prompt, seen, hidden))
  const causal = ops.where(g, ops.atLeast(g, of(queries.places), at(keys.places)), related, hidden)
  const [rows = 1, ...sizes] = causal.shape
  const byHead = (mask: Value) => ops.reshape(g, mask, [rows, 1, 1, ...sizes])
  if (window === null) return byHead(causal)
  const distance = ops.sub(g, of(queries.positions), at(keys.positions))
  return byHead(ops.where(g, ops.atLeast(g, distance, g.ints([window], [])), hidden, causal))
}
