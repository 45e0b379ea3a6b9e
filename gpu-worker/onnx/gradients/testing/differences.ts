import type { Device } from '../../../runtime/device.ts'
import { Graph } from '../../graph.ts'
import * as ops from '../../ops.ts'
import { float32, type HostTensor, openGraph, runGraph } from '../../testing/run-graph.ts'
import type { Value } from '../../types.ts'
import { type GradientOptions, gradients } from '../gradients.ts'

/** A computation to be differentiated by all of its inputs that are floats. */
export type Case = {
  inputs: readonly HostTensor[]
  build: (g: Graph, inputs: Value[]) => { outputs: readonly Value[]; options?: GradientOptions }
}

/** The gradient of a sum of all elements of the outputs, each with a factor of its own: by input, flat. */
export async function computedGradients(device: Device, { inputs, build }: Case): Promise<number[][]> {
  return await runGraph(
    device,
    inputs,
    (g, values) => {
      const { outputs, options = {} } = build(g, values)
      const wrt = values.filter((_, i) => floats(inputs[i]))
      return gradients(g, weighted(g, outputs), wrt, options)
    },
    { optimization: 'basic' },
  )
}

/** The same by central differences: (f(x + h) - f(x - h)) / 2h, coordinate by coordinate. */
export async function numericGradients(
  device: Device,
  { inputs, build }: Case,
  h = 1e-5,
): Promise<number[][]> {
  const graph = await openGraph(device, inputs, (g, values) => [weighted(g, build(g, values).outputs)], {
    optimization: 'basic',
  })
  try {
    const all: number[][] = []
    for (const [i, input] of inputs.entries()) {
      if (!floats(input)) continue
      const gradient: number[] = []
      for (let at = 0; at < input.values.length; at++) {
        const lossAt = async (step: number) => {
          const values = Float64Array.from(input.values, Number)
          values[at] = (values[at] ?? 0) + step
          const [[loss = Number.NaN] = []] = await graph.run(inputs.with(i, { ...input, values }))
          return loss
        }
        gradient.push(((await lossAt(h)) - (await lossAt(-h))) / (2 * h))
      }
      all.push(gradient)
    }
    return all
  } finally {
    await graph.dispose()
  }
}

/** The same computation in float32. */
export function narrowed({ inputs, build }: Case): Case {
  return {
    inputs: inputs.map((input) =>
      floats(input) ? float32(input.dims, Array.from(input.values, Number)) : input,
    ),
    build,
  }
}

/** Whether an operator is among the nodes of a case. */
export function uses({ inputs, build }: Case, op: string): boolean {
  const g = new Graph()
  build(
    g,
    inputs.map(({ dtype, dims }, i) => g.input(`in${i}`, dtype, dims)),
  )
  return g.nodes.some((node) => node.op === op)
}

/** The largest difference between two gradients, against the largest of their elements. */
export function difference(a: readonly number[][], b: readonly number[][]): number {
  const flat = b.flat()
  const largest = Math.max(...flat.map(Math.abs), 1e-3)
  if (a.flat().length !== flat.length) return Number.POSITIVE_INFINITY
  return Math.max(...a.flat().map((value, i) => Math.abs(value - (flat[i] ?? Number.NaN)))) / largest
}

const floats = (input: HostTensor | undefined) => input?.dtype.startsWith('float') ?? false

/** A number that every element of the outputs counts in, no two alike. */
function weighted(g: Graph, outputs: readonly Value[]): Value {
  const sums = outputs.map((y, k) => {
    const sizes = y.shape.map(Number)
    const count = sizes.reduce((product, size) => product * size, 1)
    const factors = Float64Array.from({ length: count }, (_, i) => Math.cos(1.7 * i + 0.3 + k))
    const constant = ops.cast(g, g.floats(`factors_${k}`, factors, sizes), y.dtype)
    const axes = sizes.map((_, axis) => axis)
    return ops.reduceSum(g, ops.mul(g, y, constant), axes)
  })
  return sums.reduce((a, b) => ops.add(g, a, b))
}
