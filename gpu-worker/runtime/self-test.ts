import { PlumblineError } from '../../shared/protocol/error.ts'
import { attention } from '../onnx/fused.ts'
import { Graph } from '../onnx/graph.ts'
import type { Device, Tensors } from './device.ts'

const [HEADS, KV_HEADS, SIZE, CAPACITY] = [4, 2, 64, 8]
const PACKED = (HEADS + 2 * KV_HEADS) * SIZE

/** The numbers of the type that attention has a kernel for: CUDA's takes no float32. */
const NUMBERS = {
  cpu: { dtype: 'float32', fill: (count: number, value: number) => new Float32Array(count).fill(value) },
  cuda: {
    dtype: 'float16',
    fill: (count: number, value: number) => new Uint16Array(count).fill(half(value)),
  },
} as const

/**
 * Computes attention over two tokens on a device, keys and values kept in place between the runs, and gives the
 * milliseconds that the second run took. Queries are zero, so that every token counts alike: values of 2 and 4 make 3.
 * Throws `internal` where they don't.
 */
export async function selfTest(device: Device): Promise<number> {
  const { dtype, fill } = NUMBERS[device.provider]
  const session = await device.openSession({ model: model(dtype), weights: { path: '', initializers: [] } })
  const caches = [1, KV_HEADS, CAPACITY, SIZE]
  const own = {
    packed: device.allocate(dtype, [1, 1, PACKED]),
    last: device.allocate('int32', [1]),
    total: device.allocate('int32', []),
    angles: device.allocate(dtype, [CAPACITY, SIZE / 2]),
    key: device.allocate(dtype, caches),
    value: device.allocate(dtype, caches),
    mean: device.allocate(dtype, [1, 1, HEADS * SIZE]),
  }
  const { packed, last, total, angles, key, value, mean } = own
  const inputs: Tensors = { packed, last, total, angles, past_key: key, past_value: value }
  const step = async (place: number, written: number) => {
    packed.write(fill(PACKED, 0))
    packed.write(fill(KV_HEADS * SIZE, written), (HEADS + KV_HEADS) * SIZE)
    last.write(Int32Array.of(place))
    total.write(Int32Array.of(place + 1))
    await session.run(inputs, { mean, present_key: key, present_value: value })
  }
  try {
    angles.write(fill((CAPACITY * SIZE) / 2, 0))
    await step(0, 2)
    const start = performance.now()
    await step(1, 4)
    const time = performance.now() - start
    const [right] = fill(1, 3)
    if (mean.read().every((each) => each === right)) return time
    throw new PlumblineError(
      'internal',
      `The ${device.provider} computed wrongly: do not use it, and report the output of worker --check.`,
    )
  } finally {
    for (const each of [session, ...Object.values(own)]) each.dispose()
  }
}

function model(dtype: 'float32' | 'float16'): Uint8Array {
  const g = new Graph()
  const angles = g.input('angles', dtype, [CAPACITY, SIZE / 2])
  const past = (name: string) => g.input(name, dtype, [1, KV_HEADS, CAPACITY, SIZE])
  const { output, key, value } = attention(g, {
    query: g.input('packed', dtype, [1, 1, PACKED]),
    key: null,
    value: null,
    pastKey: past('past_key'),
    pastValue: past('past_value'),
    last: g.input('last', 'int32', [1]),
    total: g.input('total', 'int32', []),
    rotary: { cos: angles, sin: angles, interleaved: false },
    heads: HEADS,
    kvHeads: KV_HEADS,
  })
  g.output('mean', output)
  g.output('present_key', key)
  g.output('present_value', value)
  return g.encode()
}

/** The bits of a 16-bit float that is a small whole number or 0. */
function half(value: number): number {
  const exponent = Math.floor(Math.log2(value))
  return value === 0 ? 0 : ((exponent + 15) << 10) | ((value / 2 ** exponent - 1) * 1024)
}
