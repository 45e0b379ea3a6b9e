import { expect, test } from 'vitest'
import { attention } from './fused.ts'
import { Graph } from './graph.ts'
import { runModel } from './testing/run-model.ts'

const HEADS = 4
const KV_HEADS = 2
const SIZE = 16
const CONTEXT = 16

/** Numbers without a pattern, the same every time. */
const noise = (count: number, phase: number) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(12.9898 * i + 78.233 * phase))

const angle = (position: number, channel: number) => position * 100 ** ((-2 * channel) / SIZE)

function attentionModel(): Uint8Array {
  const g = new Graph()
  const past = [1, KV_HEADS, 'capacity', SIZE]
  const table = (f: (x: number) => number) =>
    Float32Array.from({ length: (CONTEXT * SIZE) / 2 }, (_, i) =>
      f(angle(Math.floor(i / (SIZE / 2)), i % (SIZE / 2))),
    )
  const { output, key } = attention(g, {
    query: g.input('query', 'float32', [1, 'new', HEADS * SIZE]),
    key: g.input('key', 'float32', [1, 'new', KV_HEADS * SIZE]),
    value: g.input('value', 'float32', [1, 'new', KV_HEADS * SIZE]),
    pastKey: g.input('past_key', 'float32', past),
    pastValue: g.input('past_value', 'float32', past),
    last: g.input('last', 'int32', [1]),
    total: g.input('total', 'int32', []),
    rotary: {
      cos: g.floats('cos', table(Math.cos), [CONTEXT, SIZE / 2]),
      sin: g.floats('sin', table(Math.sin), [CONTEXT, SIZE / 2]),
      interleaved: true,
    },
    heads: HEADS,
    kvHeads: KV_HEADS,
  })
  g.output('output', output)
  g.output('present_key', key)
  return g.encode()
}

/** One head's vector at a position, neighbouring channels rotated together. */
function rotated(row: Float32Array, position: number): number[] {
  return Array.from(row, (value, i) => {
    const turn = angle(position, Math.floor(i / 2))
    const other = row[i ^ 1] ?? 0
    return value * Math.cos(turn) + (i % 2 === 0 ? -other : other) * Math.sin(turn)
  })
}

test('attention is softmax(q k / sqrt(d)) v over the positions so far, with neighbours rotated', async () => {
  const length = 3
  const [query, key, value] = [
    noise(length * HEADS * SIZE, 1),
    noise(length * KV_HEADS * SIZE, 2),
    noise(length * KV_HEADS * SIZE, 3),
  ]
  const head = (data: Float32Array, heads: number, position: number, index: number) =>
    data.subarray((position * heads + index) * SIZE, (position * heads + index + 1) * SIZE)
  const expected: number[] = []
  for (let position = 0; position < length; position++) {
    for (let index = 0; index < HEADS; index++) {
      const kv = Math.floor((index * KV_HEADS) / HEADS)
      const q = rotated(head(query, HEADS, position, index), position)
      const weights = Array.from({ length: position + 1 }, (_, p) => {
        const k = rotated(head(key, KV_HEADS, p, kv), p)
        return Math.exp(q.reduce((sum, entry, i) => sum + entry * (k[i] ?? 0), 0) / Math.sqrt(SIZE))
      })
      const sum = weights.reduce((a, b) => a + b)
      for (let i = 0; i < SIZE; i++) {
        expected.push(
          weights.reduce((mean, w, p) => mean + (w / sum) * (head(value, KV_HEADS, p, kv)[i] ?? 0), 0),
        )
      }
    }
  }
  const empty = new Float32Array(KV_HEADS * CONTEXT * SIZE)
  const past = { dtype: 'float32', dims: [1, KV_HEADS, CONTEXT, SIZE], data: empty } as const
  const { output } = await runModel(attentionModel(), {
    query: { dtype: 'float32', dims: [1, length, HEADS * SIZE], data: query },
    key: { dtype: 'float32', dims: [1, length, KV_HEADS * SIZE], data: key },
    value: { dtype: 'float32', dims: [1, length, KV_HEADS * SIZE], data: value },
    past_key: past,
    past_value: past,
    last: { dtype: 'int32', dims: [1], data: Int32Array.of(length - 1) },
    total: { dtype: 'int32', dims: [], data: Int32Array.of(length) },
  })
  expect(output?.data).toEqual(expected.map((entry) => expect.closeTo(entry, 5)))
})
