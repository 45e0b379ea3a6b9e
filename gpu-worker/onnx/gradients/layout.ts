import * as ops from '../ops.ts'
import type { Value } from '../types.ts'
import {
  constants,
  cotangent,
  input,
  integer,
  noRule,
  output,
  type Rule,
  type Rules,
  type Use,
} from './rule.ts'
import { shapedLike, zerosLike } from './shapes.ts'

const reshaped: Rule = (use) => [() => shapedLike(use.g, cotangent(use), input(use, 0))]

/** What moves elements and computes nothing. */
export const LAYOUT: Rules = {
  Reshape: reshaped,
  Flatten: reshaped,
  Unsqueeze: reshaped,
  Squeeze: reshaped,
  // What was repeated is summed back by the caller.
  Expand: (use) => [() => cotangent(use)],
  Transpose: (use) => {
    const order = use.node.attributes?.perm
    if (!Array.isArray(order)) throw noRule('Transpose', 'without an order')
    const back = order.map((_, axis) => order.indexOf(axis))
    return [() => ops.transpose(use.g, cotangent(use), back)]
  },
  Split: (use) => [() => joined(use)],
  Concat: (use) => {
    const { g, node } = use
    const axis = axisOf(use, output(use).shape.length)
    const sizes = node.inputs.map((_, i) => known(use, input(use, i), axis))
    let parts: Value[] | null = null
    return sizes.map((_, i) => () => {
      parts ??= ops.split(g, cotangent(use), sizes, axis)
      return parts[i] ?? cotangent(use)
    })
  },
  Slice: (use) => [() => padded(use)],
  Pad: (use) => [
    () => {
      const { g } = use
      const x = input(use, 0)
      const start = ops.slice(g, input(use, 1), 0, g.ints([0]), g.ints([x.shape.length]), x.shape.length)
      const end = ops.add(g, start, ops.shapeOf(g, x))
      return g.op('Slice', [cotangent(use), start, end], x)
    },
  ],
}

function axisOf(use: Use, rank: number): number {
  const axis = integer(use, 'axis', 0)
  return axis < 0 ? axis + rank : axis
}

function known({ node }: Use, x: Value, axis: number): number {
  const size = x.shape[axis]
  if (typeof size === 'number') return size
  throw noRule(node.op, 'along an axis whose size is not known')
}

/** The parts' gradients one after the other; parts that the loss doesn't depend on are zeros, neighbours together. */
function joined(use: Use): Value {
  const { g, node, cotangents } = use
  const x = input(use, 0)
  const axis = axisOf(use, x.shape.length)
  const some = cotangents.find((cotangent) => cotangent !== null)
  const parts: Value[] = []
  let missing = 0
  const fill = () => {
    if (missing > 0 && some) parts.push(zerosLike(g, { ...x, shape: x.shape.with(axis, missing) }, some))
    missing = 0
  }
  for (const [i, part] of node.outputs.entries()) {
    const dy = cotangents[i]
    if (dy) fill()
    if (dy) parts.push(dy)
    else missing += known(use, part, axis)
  }
  fill()
  return ops.concat(g, parts, axis, x.shape[axis] ?? 1)
}

/** The slice's gradient between zeros. */
function padded(use: Use): Value {
  const { g, node } = use
  const x = input(use, 0)
  const rank = x.shape.length
  if (node.inputs[4]) throw noRule('Slice', 'with steps')
  const sliced = constants(use, 3).map((axis) => (axis < 0 ? axis + rank : axis))
  const before = x.shape.map((_, axis) => {
    const start = constants(use, 1)[sliced.indexOf(axis)] ?? 0
    return start < 0 ? start + known(use, x, axis) : start
  })
  const after = x.shape.map((_, axis) =>
    sliced.includes(axis) ? known(use, x, axis) - known(use, output(use), axis) - (before[axis] ?? 0) : 0,
  )
  return g.op('Pad', [cotangent(use), g.ints([...before, ...after])], x)
}
