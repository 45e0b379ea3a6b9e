import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import { LORA_GROUPS, type LoraGroup } from './parameter-layout.ts'

/** 2^31 - 1, a prime: products of two numbers below it fit int64. */
const PRIME = 2 ** 31 - 1

/** Between the numbers that neighbours start from. */
const STRIDE = 1_103_515_245

/**
 * Leaves out a share of a matrix's elements (arXiv 1207.0580), by masks that depend on the seed, the layer, the group and
 * the place of an element alone: the same seed draws the same again, after a restart too. What stays is not scaled up. An
 * element's number is the product of its row's and its column's modulo a prime; those are scrambled by x^5, which is
 * a permutation there.
 */
export function dropout(
  g: Graph,
  rate: number,
  seed: Value,
): (x: Value, layer: number, group: LoraGroup) => Value {
  const constant = (value: number) => g.ints([value], [])
  const product = (a: Value, b: Value) => modulo(g, ops.mul(g, a, b))
  const scrambled = (x: Value) => {
    const square = product(x, x)
    return product(product(square, square), x)
  }
  const numbers = (count: number, key: number) => {
    const places = ops.mul(g, ops.range(g, constant(count), count), constant(STRIDE))
    const once = scrambled(modulo(g, ops.add(g, places, scrambled(ops.add(g, seed, constant(1))))))
    return scrambled(modulo(g, ops.add(g, once, constant(key))))
  }
  return (x, layer, group) => {
    const [rows = 1, columns = 1] = x.shape.map(Number)
    const key = 2 * (layer * LORA_GROUPS.length + LORA_GROUPS.indexOf(group)) + 1
    const drawn = product(ops.unsqueeze(g, numbers(rows, key), 1), numbers(columns, key + 1))
    const stays = ops.atLeast(g, drawn, constant(Math.round(rate * PRIME)))
    return ops.where(g, stays, x, ops.scalar(g, 0, x.dtype))
  }
}

/** Of numbers that are not negative. */
function modulo(g: Graph, x: Value): Value {
  return g.op('Mod', [x, g.ints([PRIME], [])], x)
}
