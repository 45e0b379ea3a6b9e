import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Device, ExternalInitializer } from '../../runtime/device.ts'
import { type HostArray, hostArray } from '../../runtime/host-array.ts'
import { Graph } from '../graph.ts'
import type { DType, Shape, Value } from '../types.ts'

export type HostTensor = { dtype: DType; dims: readonly number[]; values: HostArray }

export const float32 = (dims: readonly number[], values: Iterable<number>): HostTensor => ({
  dtype: 'float32',
  dims,
  values: Float32Array.from(values),
})

export const int64 = (dims: readonly number[], values: readonly number[]): HostTensor => ({
  dtype: 'int64',
  dims,
  values: BigInt64Array.from(values, BigInt),
})

/** The weights of a graph in tests: some bytes, and where in them each constant lies. */
export type TestWeights = { bytes: Uint8Array; initializers: readonly ExternalInitializer[] }

/**
 * Runs a graph and gives its outputs as numbers. `build` is given the inputs in order; what it returns becomes the
 * outputs, whose shapes must be those it says: sizes that it names are given by `sizes`.
 */
export async function runGraph(
  device: Device,
  inputs: readonly HostTensor[],
  build: (g: Graph, values: Value[]) => Value[],
  options: { sizes?: Readonly<Record<string, number>>; weights?: TestWeights } = {},
): Promise<number[][]> {
  const { sizes = {}, weights = { bytes: new Uint8Array(1), initializers: [] } } = options
  const g = new Graph()
  const named = inputs.map(({ dtype, dims }, i) => g.input(`in${i}`, dtype, dims))
  const results = build(g, named)
  for (const [i, value] of results.entries()) g.output(`out${i}`, value)

  const folder = await mkdtemp(join(tmpdir(), 'plumbline-onnx-'))
  const path = join(folder, 'w.bin')
  await writeFile(path, weights.bytes)
  const put = ({ dtype, dims, values }: HostTensor) => {
    const tensor = device.allocate(dtype, dims)
    tensor.write(values)
    return tensor
  }
  const bound = Object.fromEntries(inputs.map((input, i) => [`in${i}`, put(input)]))
  const outs = results.map((value) => device.allocate(value.dtype, measured(value.shape, sizes)))
  try {
    const session = await device.openSession({
      model: g.encode(),
      weights: { path, initializers: weights.initializers },
    })
    try {
      await session.run(bound, Object.fromEntries(outs.map((out, i) => [`out${i}`, out])))
    } finally {
      session.dispose()
    }
    return outs.map((out) => Array.from(out.read(), Number))
  } finally {
    for (const tensor of [...Object.values(bound), ...outs]) tensor.dispose()
    await rm(folder, { recursive: true })
  }
}

function measured(shape: Shape, sizes: Readonly<Record<string, number>>): number[] {
  return shape.map((dim) => (typeof dim === 'number' ? dim : (sizes[dim] ?? Number.NaN)))
}

/** A tensor of a type's zeros. */
export function zeros(dtype: DType, dims: readonly number[]): HostTensor {
  const size = dims.reduce((product, dim) => product * dim, 1)
  return { dtype, dims, values: hostArray(dtype, new ArrayBuffer(8 * size)).subarray(0, size) }
}
