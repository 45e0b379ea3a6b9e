import { afterAll, beforeAll, expect, test } from 'vitest'
import { attention } from '../onnx/fused.ts'
import { Graph } from '../onnx/graph.ts'
import { add, gather } from '../onnx/ops.ts'
import type { Value } from '../onnx/types.ts'
import type { Device, DeviceTensor, Session, Tensors } from './device.ts'
import { openDevice, RUNTIMES } from './open-device.ts'

/** Both runtimes run a small decoder: prompts, a tree of branches and a batch, keys and values kept in place. */

const LAYERS = 3
const [HEADS, KV_HEADS, SIZE, CAPACITY, VOCABULARY] = [4, 2, 16, 32, 40]
const WIDTH = HEADS * SIZE

/** Numbers without a pattern, the same every time. */
const noise = (count: number, phase: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * i + 78.233 * phase))

function decoder(tree: boolean): Uint8Array {
  const g = new Graph()
  const tokens = g.input('tokens', 'int64', ['batch', 'new'])
  const positions = g.input('positions', 'int64', ['batch', 'new'])
  const last = g.input('last', 'int32', ['batch'])
  const total = g.input('total', 'int32', [])
  const bias = tree ? g.input('bias', 'float32', [1, 1, 'new', 'total']) : null
  const angles = (f: (x: number) => number) =>
    Float32Array.from({ length: (CAPACITY * SIZE) / 2 }, (_, i) =>
      f(Math.floor((2 * i) / SIZE) / (1 + (i % 8))),
    )
  const table = (name: string, f: (x: number) => number) => g.floats(name, angles(f), [CAPACITY, SIZE / 2])
  const rotary = { cos: table('cos', Math.cos), sin: table('sin', Math.sin), interleaved: false }
  const matrix = (name: string, rows: number, columns: number, phase: number) =>
    g.floats(
      name,
      noise(rows * columns, phase).map((value) => value / 8),
      [rows, columns],
    )
  const multiply = (x: Value, w: Value, size: number) =>
    g.op('MatMul', [x, w], { dtype: 'float32', shape: ['batch', 'new', size] })
  let x = gather(g, matrix('embedding', VOCABULARY, WIDTH, 1), tokens, 0)
  for (let layer = 0; layer < LAYERS; layer++) {
    const packed = WIDTH + 2 * KV_HEADS * SIZE
    const past = (kind: string) =>
      g.input(`past_${kind}_${layer}`, 'float32', ['batch', KV_HEADS, 'capacity', SIZE])
    const { output, key, value } = attention(g, {
      query: multiply(x, matrix(`qkv_${layer}`, WIDTH, packed, 10 + layer), packed),
      key: null,
      value: null,
      pastKey: past('key'),
      pastValue: past('value'),
      ...{ last, total, rotary, positions, bias, heads: HEADS, kvHeads: KV_HEADS },
    })
    g.output(`present_key_${layer}`, key)
    g.output(`present_value_${layer}`, value)
    x = add(g, x, multiply(output, matrix(`out_${layer}`, WIDTH, WIDTH, 20 + layer), WIDTH))
  }
  g.output('logits', multiply(x, matrix('head', WIDTH, VOCABULARY, 30), VOCABULARY))
  return g.encode()
}

type Step = { tokens: number[][]; positions: number[][]; filled: number[]; hidden?: [number, number][] }

/** One device with a decoder on it, whose steps each append to the same keys and values. */
class Decoder {
  readonly #device: Device
  readonly #session: Session
  readonly #tree: boolean

  constructor(device: Device, session: Session, tree: boolean) {
    this.#device = device
    this.#session = session
    this.#tree = tree
  }

  cache(rows: number): Record<string, DeviceTensor> {
    const parts = Array.from({ length: LAYERS }, (_, layer) => [`key_${layer}`, `value_${layer}`]).flat()
    const zeros = new Float32Array(rows * KV_HEADS * CAPACITY * SIZE)
    return Object.fromEntries(
      parts.map((part) => {
        const tensor = this.#device.allocate('float32', [rows, KV_HEADS, CAPACITY, SIZE])
        tensor.write(zeros)
        return [part, tensor]
      }),
    )
  }

  /** `filled` counts the new tokens; `hidden` are pairs of a new token and a place that it must not see. */
  async step(cache: Tensors, { tokens, positions, filled, hidden = [] }: Step): Promise<number[]> {
    const [rows, length, total] = [tokens.length, tokens[0]?.length ?? 0, Math.max(...filled)]
    const int64 = (values: number[][]) =>
      this.#tensor('int64', [rows, length], BigInt64Array.from(values.flat(), BigInt))
    const bias = new Float32Array(length * total)
    for (const [token, place] of hidden) bias[token * total + place] = -Infinity
    const logits = this.#device.allocate('float32', [rows, length, VOCABULARY])
    const fed = {
      tokens: int64(tokens),
      positions: int64(positions),
      last: this.#tensor(
        'int32',
        [rows],
        Int32Array.from(filled, (count) => count - 1),
      ),
      total: this.#tensor('int32', [], Int32Array.of(total)),
      ...(this.#tree && { bias: this.#tensor('float32', [1, 1, length, total], bias) }),
    }
    const named = (prefix: string) =>
      Object.fromEntries(Object.entries(cache).map(([part, tensor]) => [`${prefix}_${part}`, tensor]))
    await this.#session.run({ ...fed, ...named('past') }, { logits, ...named('present') })
    const result = Array.from(logits.read(), Number)
    for (const tensor of [logits, ...Object.values(fed)]) tensor.dispose()
    return result
  }

  #tensor(
    ...[dtype, dims, values]: [...Parameters<Device['allocate']>, Parameters<DeviceTensor['write']>[0]]
  ) {
    const tensor = this.#device.allocate(dtype, dims)
    tensor.write(values)
    return tensor
  }

  close(): void {
    this.#session.dispose()
  }
}

const devices: Device[] = []
beforeAll(async () => {
  for (const runtime of RUNTIMES) devices.push(await openDevice({ provider: 'cpu', threads: 2, runtime }))
})
afterAll(() => {
  for (const device of devices) device.dispose()
})

/** What both devices make of the same steps; the first is the one over the C API. */
async function onBoth(tree: boolean, rows: number, steps: readonly Step[]): Promise<number[][][]> {
  const results: number[][][] = []
  for (const device of devices) {
    const session = await device.openSession({
      model: decoder(tree),
      weights: { path: '', initializers: [] },
    })
    const runner = new Decoder(device, session, tree)
    const cache = runner.cache(rows)
    const made: number[][] = []
    for (const step of steps) made.push(await runner.step(cache, step))
    for (const tensor of Object.values(cache)) made.push(Array.from(tensor.read(), Number))
    results.push(made)
    for (const tensor of Object.values(cache)) tensor.dispose()
    runner.close()
  }
  return results
}

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5))

test('a prompt, then two branches of a tree', async () => {
  const prompt = { tokens: [[1, 2, 3, 4]], positions: [[0, 1, 2, 3]], filled: [4] }
  const first = { tokens: [[5, 6]], positions: [[4, 5]], filled: [6] }
  const second = { tokens: [[7, 8]], positions: [[4, 5]], filled: [6] }
  const branches = {
    tokens: [[5, 6, 7, 8]],
    positions: [[4, 5, 4, 5]],
    filled: [8],
    hidden: [
      [2, 4],
      [2, 5],
      [3, 4],
      [3, 5],
    ] as [number, number][],
  }
  const [capi = [], stock = []] = await onBoth(true, 1, [prompt, branches])
  expect(capi.length).toBe(2 + 2 * LAYERS)
  for (const [i, values] of capi.entries()) expect(values).toEqual(near(stock[i] ?? []))
  // Each branch alone gives what both gave together: the second one's writing over the first changes nothing.
  const [alone = []] = await onBoth(true, 1, [prompt, first, second])
  expect(capi[1]).toEqual(near([...(alone[1] ?? []), ...(alone[2] ?? [])]))
})

test('a batch of rows of different lengths', async () => {
  const steps = [
    { tokens: [[1], [9], [30]], positions: [[0], [0], [0]], filled: [1, 1, 1] },
    { tokens: [[2], [8], [31]], positions: [[1], [1], [0]], filled: [2, 2, 1] },
    { tokens: [[3], [7], [32]], positions: [[2], [1], [1]], filled: [3, 2, 2] },
  ]
  const [capi = [], stock = []] = await onBoth(false, 3, steps)
  for (const [i, values] of capi.entries()) expect(values).toEqual(near(stock[i] ?? []))
  const row = (made: readonly number[] = [], at: number) => made.slice(at * VOCABULARY, (at + 1) * VOCABULARY)
  const [alone = []] = await onBoth(false, 1, [
    { tokens: [[1]], positions: [[0]], filled: [1] },
    { tokens: [[2]], positions: [[1]], filled: [2] },
    { tokens: [[3]], positions: [[2]], filled: [3] },
  ])
  expect(row(capi[2], 0)).toEqual(near(alone[2] ?? []))
})
