import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import { attention } from './fused.ts'
import { float32, type HostTensor, int64, runGraph, zeros } from './testing/run-graph.ts'

const HEADS = 4
const KV_HEADS = 2
const SIZE = 16
const CONTEXT = 16
const TOKENS = 4
const HIDDEN = Number.NEGATIVE_INFINITY

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

/** Numbers without a pattern, the same every time. */
const noise = (count: number, phase: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * i + 78.233 * phase))

const angle = (position: number, channel: number) => position * 100 ** ((-2 * channel) / SIZE)

/** One head's vector at a position, neighbouring channels turned together or one of each half. */
function turned(row: Float32Array, position: number, interleaved: boolean): number[] {
  const half = SIZE / 2
  return Array.from(row, (value, i) => {
    const turn = angle(position, interleaved ? Math.floor(i / 2) : i % half)
    const other = row[interleaved ? i ^ 1 : (i + half) % SIZE] ?? 0
    const first = interleaved ? i % 2 === 0 : i < half
    return value * Math.cos(turn) + (first ? -other : other) * Math.sin(turn)
  })
}

const query = noise(TOKENS * HEADS * SIZE, 1)
const key = noise(TOKENS * KV_HEADS * SIZE, 2)
const value = noise(TOKENS * KV_HEADS * SIZE, 3)
const head = (data: Float32Array, heads: number, token: number, index: number) =>
  data.subarray((token * heads + index) * SIZE, (token * heads + index + 1) * SIZE)

type Case = {
  interleaved?: boolean
  scale?: number
  /** Whether a token sees another. */
  sees?: (token: number, other: number) => boolean
  window?: number
  bias?: readonly (readonly number[])[]
}

/** softmax(scale * q k) v over the tokens that are seen. */
function expected({ interleaved = false, scale = 1 / Math.sqrt(SIZE), sees = () => true }: Case): number[] {
  const out: number[] = []
  for (let token = 0; token < TOKENS; token++) {
    for (let index = 0; index < HEADS; index++) {
      const kv = Math.floor((index * KV_HEADS) / HEADS)
      const q = turned(head(query, HEADS, token, index), token, interleaved)
      const weights = Array.from({ length: token + 1 }, (_, other) => {
        const k = turned(head(key, KV_HEADS, other, kv), other, interleaved)
        return sees(token, other)
          ? Math.exp(scale * q.reduce((sum, entry, i) => sum + entry * (k[i] ?? 0), 0))
          : 0
      })
      const sum = weights.reduce((a, b) => a + b)
      for (let i = 0; i < SIZE; i++) {
        out.push(weights.reduce((mean, w, p) => mean + (w / sum) * (head(value, KV_HEADS, p, kv)[i] ?? 0), 0))
      }
    }
  }
  return out
}

async function run({ interleaved = false, scale, window, bias }: Case, packed: boolean): Promise<number[]> {
  const rows = Array.from({ length: TOKENS }, (_, token) => [
    ...query.subarray(token * HEADS * SIZE, (token + 1) * HEADS * SIZE),
    ...key.subarray(token * KV_HEADS * SIZE, (token + 1) * KV_HEADS * SIZE),
    ...value.subarray(token * KV_HEADS * SIZE, (token + 1) * KV_HEADS * SIZE),
  ])
  const table = (f: (x: number) => number) =>
    Float32Array.from({ length: (CONTEXT * SIZE) / 2 }, (_, i) =>
      f(angle(Math.floor(i / (SIZE / 2)), i % (SIZE / 2))),
    )
  const inputs: HostTensor[] = [
    float32([1, TOKENS, (HEADS + 2 * KV_HEADS) * SIZE], rows.flat()),
    float32([1, TOKENS, HEADS * SIZE], query),
    float32([1, TOKENS, KV_HEADS * SIZE], key),
    float32([1, TOKENS, KV_HEADS * SIZE], value),
    zeros('float32', [1, KV_HEADS, CONTEXT, SIZE]),
    { dtype: 'int32', dims: [1], values: Int32Array.of(TOKENS - 1) },
    { dtype: 'int32', dims: [], values: Int32Array.of(TOKENS) },
    int64([1, TOKENS], [0, 1, 2, 3]),
    float32([1, 1, TOKENS, TOKENS], bias?.flat() ?? Array(TOKENS * TOKENS).fill(0)),
  ]
  const build = (
    g: Parameters<typeof attention>[0],
    values: Parameters<Parameters<typeof runGraph>[2]>[1],
  ) => {
    const [qkv, q, k, v, past, last, total, positions, mask] = values
    if (!qkv || !q || !k || !v || !past || !last || !total || !positions || !mask) return []
    const { output, key: keys } = attention(g, {
      ...(packed ? { query: qkv, key: null, value: null } : { query: q, key: k, value: v }),
      ...{ pastKey: past, pastValue: past, last, total, positions },
      rotary: {
        cos: g.floats('cos', table(Math.cos), [CONTEXT, SIZE / 2]),
        sin: g.floats('sin', table(Math.sin), [CONTEXT, SIZE / 2]),
        interleaved,
      },
      ...{ bias: bias ? mask : null, heads: HEADS, kvHeads: KV_HEADS, window: window ?? null },
      ...(scale === undefined ? {} : { scale }),
    })
    return [output, keys]
  }
  const [output = [], keys = []] = await runGraph(device, inputs, build, { sizes: { filled: CONTEXT } })
  // The first token is at position 0, where nothing turns.
  expect(keys.slice(0, SIZE)).toEqual(Array.from(key.subarray(0, SIZE), (entry) => expect.closeTo(entry, 5)))
  return output
}

const sibling = [
  [0, 0, 0, 0],
  [0, 0, 0, 0],
  [0, HIDDEN, 0, 0],
  [0, HIDDEN, 0, 0],
]

test.each<[string, Case]>([
  ['of halves', {}],
  ['of neighbours', { interleaved: true }],
  ['with a scale', { scale: 0.7 }],
  [
    'over a window, each token itself among what it sees',
    { window: 2, sees: (token, other) => token - other < 2 },
  ],
  ['with a bias', { bias: sibling, sees: (token, other) => token < 2 || other !== 1 }],
])('attention %s', async (_, options) => {
  const wanted = expected(options).map((entry) => expect.closeTo(entry, 5))
  expect(await run(options, false)).toEqual(wanted)
  expect(await run(options, true)).toEqual(wanted)
})
