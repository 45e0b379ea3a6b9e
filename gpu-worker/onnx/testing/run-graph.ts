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

export type BuildGraph = (g: Graph, values: Value[]) => Value[]
export type GraphOptions = {
  /** Of the outputs' shapes that name them. */
  sizes?: Readonly<Record<string, number>>
  weights?: TestWeights
  optimization?: 'basic' | 'all'
}

/** A graph that runs as often as it is asked to, and gives its outputs as numbers. */
export type OpenGraph = {
  run: (inputs: readonly HostTensor[]) => Promise<number[][]>
  dispose: () => Promise<void>
}

/**
 * Runs a graph and gives its outputs as numbers. `build` is given the inputs in order; what it returns becomes the
 * outputs, whose shapes must be those it says.
 */
export async function runGraph(
  device: Device,
  inputs: readonly HostTensor[],
  build: BuildGraph,
  options: GraphOptions = {},
): Promise<number[][]> {
  const open = await openGraph(device, inputs, build, options)
  try {
    return await open.run(inputs)
  } finally {
    await open.dispose()
  }
}

/** The same graph for many runs, with inputs of these types and sizes. */
export async function openGraph(
  device: Device,
  inputs: readonly Omit<HostTensor, 'values'>[],
  build: BuildGraph,
  options: GraphOptions = {},
): Promise<OpenGraph> {
  const { sizes = {}, weights = { bytes: new Uint8Array(1), initializers: [] } } = options
  const { optimization = 'all' } = options
  const g = new Graph()
  const named = inputs.map(({ dtype, dims }, i) => g.input(`in${i}`, dtype, dims))
  const results = build(g, named)
  for (const [i, value] of results.entries()) g.output(`out${i}`, value)

  const folder = await mkdtemp(join(tmpdir(), 'plumbline-onnx-'))
  const path = join(folder, 'w.bin')
  await writeFile(path, weights.bytes)
  const bound = inputs.map(({ dtype, dims }) => device.allocate(dtype, dims))
  const outs = results.map((value) => device.allocate(value.dtype, measured(value.shape, sizes)))
  const release = async () => {
    for (const tensor of [...bound, ...outs]) tensor.dispose()
    await rm(folder, { recursive: true })
  }
  const session = await device
    .openSession({
      model: g.encode(),
      weights: { path, initializers: weights.initializers },
      optimization,
    })
    .catch(async (error: unknown) => {
      await release()
      throw error
    })
  const run = async (values: readonly HostTensor[]) => {
    for (const [i, tensor] of bound.entries()) tensor.write(values[i]?.values ?? new Float32Array())
    const byName = (tensors: typeof bound, kind: string) =>
      Object.fromEntries(tensors.map((tensor, i) => [`${kind}${i}`, tensor]))
    await session.run(byName(bound, 'in'), byName(outs, 'out'))
    return outs.map((out) => Array.from(out.read(), Number))
  }
  return {
    run,
    dispose: () => {
      session.dispose()
      return release()
    },
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
