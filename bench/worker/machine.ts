import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { matmulBlocked, matmulTransposed } from '../../gpu-worker/onnx/fused.ts'
import { Graph } from '../../gpu-worker/onnx/graph.ts'
import type { Value } from '../../gpu-worker/onnx/types.ts'
import type { Device, ExternalInitializer } from '../../gpu-worker/runtime/device.ts'

/** What this machine can do at best, through the same runtime and on the same threads as the engine. */

const SIZE = 2048
const BLOCK = 32
/** Of a float32 matrix of 1 GiB: no cache holds it. */
const TALL = 2 ** 16
const WIDE = 2 ** 12
const RUNS = 10

/** Floating-point operations a second of a product with a large float32 constant; a multiply-add is two. */
export async function floatPeak(device: Device): Promise<number> {
  const w = new Float32Array(SIZE * SIZE).fill(0.25)
  return withConstants([w], async (path) => {
    const initializers = [{ name: 'w', dtype: 'float32', dims: [SIZE, SIZE], offset: 0 }] as const
    const g = new Graph()
    const x = g.input('x', 'float32', [SIZE, SIZE])
    g.output('y', matmulTransposed(g, x, constant(g, path, initializers[0], w.byteLength)))
    return (2 * SIZE ** 3) / (await bestTime(device, g, [x], [SIZE, SIZE], { path, initializers }))
  })
}

/** The same with the constant in 4-bit blocks. */
export async function blockedPeak(device: Device): Promise<number> {
  const values = new Uint8Array((SIZE * SIZE) / 2).fill(0x59)
  const scales = new Float32Array((SIZE * SIZE) / BLOCK).fill(0.25)
  return withConstants([values, scales], async (path) => {
    const initializers = [
      { name: 'values', dtype: 'uint8', dims: [SIZE, SIZE / BLOCK, BLOCK / 2], offset: 0 },
      { name: 'scales', dtype: 'float32', dims: [scales.length], offset: values.byteLength },
    ] as const
    const g = new Graph()
    const x = g.input('x', 'float32', [SIZE, SIZE])
    const blocked = {
      values: constant(g, path, initializers[0], values.byteLength),
      scales: constant(g, path, initializers[1], scales.byteLength),
      zeros: null,
      bits: 4,
      block: BLOCK,
      shape: [SIZE, SIZE],
    }
    g.output('y', matmulBlocked(g, x, blocked))
    return (2 * SIZE ** 3) / (await bestTime(device, g, [x], [SIZE, SIZE], { path, initializers }))
  })
}

/** Bytes a second that the product of a vector with a matrix of 1 GiB reads. */
export async function bandwidth(device: Device): Promise<number> {
  const g = new Graph()
  const [x, w] = [g.input('x', 'float32', [1, WIDE]), g.input('w', 'float32', [TALL, WIDE])]
  g.output('y', matmulTransposed(g, x, w))
  return (TALL * WIDE * 4) / (await bestTime(device, g, [x, w], [1, TALL], { path: '', initializers: [] }))
}

type Weights = { path: string; initializers: readonly ExternalInitializer[] }

async function withConstants(
  parts: readonly (Uint8Array | Float32Array)[],
  use: (path: string) => Promise<number>,
): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-peak-'))
  const path = join(folder, 'weights.bin')
  await writeFile(path, Buffer.concat(parts.map((part) => Buffer.from(part.buffer))))
  try {
    return await use(path)
  } finally {
    await rm(folder, { recursive: true })
  }
}

function constant(
  g: Graph,
  path: string,
  { name, dtype, dims, offset }: ExternalInitializer,
  length: number,
) {
  return g.weight(name, dtype, dims, { location: basename(path), offset, length })
}

/** Seconds of the fastest of some runs of a graph with one output `y`. */
async function bestTime(
  device: Device,
  g: Graph,
  inputs: readonly Value[],
  outputs: readonly number[],
  weights: Weights,
): Promise<number> {
  const session = await device.openSession({ model: g.encode(), weights })
  const given = inputs.map(({ name, shape }) => {
    const dims = shape.map(Number)
    const tensor = device.allocate('float32', dims)
    tensor.write(new Float32Array(dims.reduce((a, b) => a * b, 1)).fill(0.5))
    return [name, tensor] as const
  })
  const y = device.allocate('float32', outputs)
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < RUNS; run++) {
    const start = performance.now()
    await session.run(Object.fromEntries(given), { y })
    best = Math.min(best, (performance.now() - start) / 1000)
  }
  session.dispose()
  for (const tensor of [y, ...given.map(([, tensor]) => tensor)]) tensor.dispose()
  return best
}
