import * as ops from '../ops.ts'
import type { Value } from '../types.ts'
import { cotangent, input, integer, noRule, type Rules, type Use } from './rule.ts'
import { filledLike, fixed, zeros } from './shapes.ts'

/** What reads and writes at indices: what was read from one place more than once adds up there. */
export const INDEXING: Rules = {
  Gather: (use) => [() => gathered(use)],
  GatherElements: (use) => [
    () => {
      const zero = filledLike(use.g, input(use, 0), 0)
      return ops.scatterElementsAdd(use.g, zero, input(use, 1), cotangent(use), integer(use, 'axis', 0))
    },
  ],
  GatherND: (use) => [
    () => ops.scatterAdd(use.g, filledLike(use.g, input(use, 0), 0), input(use, 1), cotangent(use)),
  ],
  ScatterND: (use) => {
    const { g } = use
    const [dy, indices] = [cotangent(use), input(use, 1)]
    const written = () => ops.scatter(g, dy, indices, filledLike(g, input(use, 2), 0))
    return [() => (adds(use) ? dy : written()), null, () => ops.gatherND(g, dy, indices)]
  },
  ScatterElements: (use) => {
    const dy = cotangent(use)
    if (!adds(use)) throw noRule('ScatterElements', 'that writes over what was there')
    return [() => dy, null, () => ops.gatherElements(use.g, dy, input(use, 1), integer(use, 'axis', 0))]
  },
}

/** Whether a scatter adds to what is there, or takes its place. */
function adds({ node }: Use): boolean {
  const reduction = node.attributes?.reduction ?? 'none'
  if (reduction === 'none' || reduction === 'add') return reduction === 'add'
  throw noRule(node.op, `with the reduction ${reduction}`)
}

/** Rows are added where they were read from; another axis than the first is brought to the front and back. */
function gathered(use: Use): Value {
  const { g } = use
  const [x, indices, dy] = [input(use, 0), input(use, 1), cotangent(use)]
  const given = integer(use, 'axis', 0)
  const axis = given < 0 ? given + x.shape.length : given
  const first = [axis, ...x.shape.flatMap((_, other) => (other === axis ? [] : [other]))]
  const shape = first.map((other) => x.shape[other] ?? 1)
  if (!fixed(shape)) throw noRule('Gather', 'from a shape that is not known')
  const taken = indices.shape.map((_, i) => axis + i)
  const order = [...taken, ...dy.shape.flatMap((_, other) => (taken.includes(other) ? [] : [other]))]
  const rows = axis === 0 ? dy : ops.transpose(g, dy, order)
  const at = ops.unsqueeze(g, indices, indices.shape.length)
  const sum = ops.scatterAdd(g, zeros(g, x.dtype, shape), at, rows)
  return axis === 0
    ? sum
    : ops.transpose(
        g,
        sum,
        first.map((_, i) => first.indexOf(i)),
      )
}
