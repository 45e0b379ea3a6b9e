import type { Graph } from '../onnx/graph.ts'
import * as ops from '../onnx/ops.ts'
import type { DType, Value } from '../onnx/types.ts'

export type Tables = { cos: Value; sin: Value }

/** Positions in a block of the tables. */
const BLOCK = 256

/**
 * The cosines and sines of the angles at positions 0 to `positions` - 1 and a few more, each [positions, frequencies].
 * The model carries those of the blocks' beginnings and of the places within a block; the runtime folds them into the
 * tables once, when it loads the model: cos(a + b) = cos a cos b - sin a sin b, and likewise for the sine. So a model
 * of a long context stays a small message. Angles are float64, since float32 loses them far out.
 */
export function rotaryTables(
  g: Graph,
  name: string,
  frequencies: readonly number[],
  positions: number,
  type: DType,
): Tables {
  const blocks = Math.ceil(positions / BLOCK)
  const half = frequencies.length
  const constant = (
    part: string,
    count: number,
    step: number,
    f: (angle: number) => number,
    shape: number[],
  ) => {
    const values = Float32Array.from({ length: count * half }, (_, i) =>
      f(step * Math.floor(i / half) * (frequencies[i % half] ?? Number.NaN)),
    )
    return g.floats(`${name}_${part}`, values, shape)
  }
  const cosBlock = constant('cos_block', blocks, BLOCK, Math.cos, [blocks, 1, half])
  const sinBlock = constant('sin_block', blocks, BLOCK, Math.sin, [blocks, 1, half])
  const cosWithin = constant('cos_within', BLOCK, 1, Math.cos, [1, BLOCK, half])
  const sinWithin = constant('sin_within', BLOCK, 1, Math.sin, [1, BLOCK, half])
  const table = (x: Value) => ops.cast(g, ops.reshape(g, x, [blocks * BLOCK, half]), type)
  return {
    cos: table(ops.sub(g, ops.mul(g, cosBlock, cosWithin), ops.mul(g, sinBlock, sinWithin))),
    sin: table(ops.add(g, ops.mul(g, sinBlock, cosWithin), ops.mul(g, cosBlock, sinWithin))),
  }
}
