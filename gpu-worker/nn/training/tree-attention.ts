import * as fused from '../../onnx/fused.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import { heads, projected, queryKeyValue, splitHeads } from '../attention.ts'
import { type Blocks, wideType } from '../block.ts'
import { rotaryTables } from '../rotary-tables.ts'
import type { CheapSegments } from './cheap-segments.ts'
import { cutRows, joinRows, partAt, seenTokens } from './row-parts.ts'
import type { TrainingShape } from './training-ports.ts'
import { type TreeInputs, treeMasks } from './tree-masks.ts'

/**
 * Attention within token trees, spelt out so that it has a gradient: of the normed stream [B * T, hidden], in a layer. Each
 * part of a row looks at the tokens that it may see and no others. The heads that share keys lie in one matrix with their
 * tokens, so that keys and values are never repeated for them.
 */
export function treeAttention(
  blocks: Blocks,
  shape: TrainingShape,
  inputs: TreeInputs,
  cheap: CheapSegments,
): (normed: Value, layer: number) => Value {
  const { g, config, type } = blocks
  const { heads: count, kvHeads, headSize, scoreScale, local } = config
  const { rows: B, tokens: T } = shape
  const groups = count / kvHeads
  const wide = wideType(type)
  const positions = cutRows(g, shape, inputs.positions)
  const far = {
    masks: treeMasks(g, shape, inputs, null, wide),
    rotary: rotaryTables(g, 'rotary', config.frequencies, T, type),
  }
  const near = local && {
    masks: treeMasks(g, shape, inputs, local.window, wide),
    rotary: rotaryTables(g, 'local_rotary', local.frequencies, T, type),
  }
  /** Of queries [N, kvHeads, groups * S, headSize]. */
  const attend = (query: Value, keys: Value, values: Value, mask: Value): Value => {
    const [rows = 1, , stacked = 1] = query.shape
    const [tokens = 1, seen = 1] = mask.shape.slice(-2)
    const scores = fused.scaledProducts(g, query, keys, scoreScale)
    const byGroup = ops.reshape(g, ops.cast(g, scores, wide), [rows, kvHeads, groups, tokens, seen])
    const weights = ops.cast(g, ops.softmax(g, ops.add(g, byGroup, mask)), type)
    return ops.matmul(g, ops.reshape(g, weights, [rows, kvHeads, stacked, seen]), values)
  }
  return (normed, layer) => {
    const { masks, rotary } = (local?.layers.includes(layer) && near) || far
    const maps = queryKeyValue(blocks, normed, layer)
    const [query, key, value] = maps.length === 3 ? maps : splitHeads(g, maps[0], config)
    const byHead = (x: Value) =>
      cutRows(g, shape, heads(g, x, headSize)).map((part) => ops.transpose(g, part, [0, 2, 1, 3]))
    const turned = (x: Value) =>
      byHead(x).map((part, i) =>
        fused.rotate(g, part, partAt(positions, i), { ...rotary, interleaved: false }),
      )
    const [keys, values] = [turned(key), byHead(value)]
    const mixed = turned(query).map((part, i) => {
      const [rows = 1, , tokens = 1] = part.shape
      const grouped = ops.reshape(g, part, [rows, kvHeads, groups * Number(tokens), headSize])
      const product = cheap.of(() => {
        const seen = (parts: readonly Value[]) => seenTokens(g, shape, parts, i, 2)
        return attend(grouped, seen(keys), seen(values), partAt(masks, i))
      })
      return ops.transpose(g, ops.reshape(g, product, [rows, count, tokens, headSize]), [0, 2, 1, 3])
    })
    const joined = joinRows(g, shape, mixed)
    return projected(blocks, ops.reshape(g, joined, [B * T, count * headSize]), layer)
  }
}
