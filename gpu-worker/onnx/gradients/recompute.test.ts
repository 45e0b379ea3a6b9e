import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import * as fused from '../fused.ts'
import { Graph } from '../graph.ts'
import * as ops from '../ops.ts'
import { float32, type HostTensor, runGraph } from '../testing/run-graph.ts'
import type { Value } from '../types.ts'
import { gradients } from './gradients.ts'
import type { Segment } from './recompute.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

const LAYERS = 4
const [ROWS, WIDTH] = [3, 4]
const wave = (dims: readonly number[], phase: number): HostTensor =>
  float32(
    dims,
    Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1.3 * i + phase)),
  )
const INPUTS = [wave([ROWS, WIDTH], 0), wave([LAYERS * WIDTH * WIDTH], 1)]

/** Layers of tanh(norm(x) wᵀ) + x, whose matrices are slices of one vector. */
function network(g: Graph, [x, theta]: readonly Value[]): { loss: Value; theta: Value; segments: Segment[] } {
  if (!x || !theta) throw new TypeError('two inputs')
  const parts = ops.split(
    g,
    theta,
    Array.from({ length: LAYERS }, () => WIDTH * WIDTH),
  )
  const scale = g.floats('scale', new Float32Array(WIDTH).fill(1.5), [WIDTH])
  const segments: Segment[] = []
  let stream = x
  for (const part of parts) {
    const from = g.nodes.length
    const w = ops.reshape(g, part, [WIDTH, WIDTH])
    const mapped = fused.matmulTransposed(g, fused.rmsNorm(g, stream, scale, 1e-5), w)
    stream = ops.add(g, stream, ops.tanh(g, mapped))
    segments.push({ from, to: g.nodes.length })
  }
  return { loss: ops.reduceSum(g, ops.mul(g, stream, stream), [0, 1]), theta, segments }
}

const lossAndGradient = (barrier: 'shape' | 'sum' | null) =>
  runGraph(device, INPUTS, (g, inputs) => {
    const { loss, theta, segments } = network(g, inputs)
    const options = barrier ? { recompute: { segments, barrier } } : {}
    return [loss, ...gradients(g, loss, [theta], options)]
  })

test('what is computed again has the same loss and gradient, to the bit', async () => {
  const plain = await lossAndGradient(null)
  expect(plain[1]).toHaveLength(LAYERS * WIDTH * WIDTH)
  expect(await lossAndGradient('shape')).toEqual(plain)
  expect(await lossAndGradient('sum')).toEqual(plain)
})

test('each segment runs again behind a barrier', () => {
  const built = (recomputed: boolean) => {
    const g = new Graph()
    const inputs = INPUTS.map(({ dtype, dims }, i) => g.input(`in${i}`, dtype, dims))
    const { loss, theta, segments } = network(g, inputs)
    const options = recomputed ? { recompute: { segments, barrier: 'shape' as const } } : {}
    const forward = g.nodes.length
    gradients(g, loss, [theta], options)
    return { g, forward }
  }
  const count = ({ g }: { g: Graph }, op: string) => g.nodes.filter((node) => node.op === op).length
  const [plain, again] = [built(false), built(true)]
  expect(count(plain, 'Tanh')).toBe(LAYERS)
  expect(count(again, 'Tanh')).toBe(2 * LAYERS)
  // No clone reads what flows down the forward pass but through a Reshape whose sizes wait for a gradient.
  const { g, forward } = again
  const norms = g.nodes.slice(forward).filter(({ op }) => op === 'SimplifiedLayerNormalization')
  expect(norms).toHaveLength(LAYERS)
  for (const { inputs } of norms) {
    const entering = g.nodes.find(({ outputs }) => outputs[0]?.name === inputs[0]?.name)
    expect(entering?.op).toBe('Reshape')
    const sizes = g.nodes.find(({ outputs }) => outputs[0]?.name === entering?.inputs[1]?.name)
    expect(sizes?.op).toBe('Add')
  }
})
