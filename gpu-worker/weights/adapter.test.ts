import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readAdapter } from './adapter.ts'
import { float32Safetensors, floatBytes, safetensorsBytes, writeFiles } from './testing/model-files.ts'
import { scratchFolder } from './testing/scratch-folder.ts'

const folder = await scratchFolder()
let made = 0

const CONFIG = {
  peft_type: 'LORA',
  r: 2,
  lora_alpha: 4,
  bias: 'none',
  use_dora: false,
  modules_to_save: null,
}
const name = (layer: number, site: string, side: 'A' | 'B') =>
  `base_model.model.model.layers.${layer}.${site}.lora_${side}.weight`
const Q: Record<string, [number[], number[]]> = {
  [name(0, 'self_attn.q_proj', 'A')]: [
    [2, 3],
    [1, 2, 3, 4, 5, 6],
  ],
  [name(0, 'self_attn.q_proj', 'B')]: [
    [2, 2],
    [1, 0, 0, 1],
  ],
}
const DOWN: Record<string, [number[], number[]]> = {
  [name(11, 'mlp.down_proj', 'A')]: [
    [1, 2],
    [7, 8],
  ],
  [name(11, 'mlp.down_proj', 'B')]: [
    [3, 1],
    [1, 2, 3],
  ],
}

async function read(config: object, weights: Uint8Array | Record<string, [number[], number[]]>) {
  const bytes = weights instanceof Uint8Array ? weights : float32Safetensors(weights)
  const place = join(folder, String(made++))
  await writeFiles(place, { 'adapter_config.json': config, 'adapter_model.safetensors': bytes })
  return readAdapter(place)
}

test('matrices are found by layer and site, and scaled by alpha / r', async () => {
  const adapter = await read(CONFIG, Q)
  expect(adapter).toMatchObject({ rank: 2, scaling: 2, digest: expect.stringMatching(/^\w{64}$/) })
  expect([...adapter.matrices.keys()]).toEqual(['0.q_proj'])
  expect(adapter.matrices.get('0.q_proj')).toEqual({
    a: Float32Array.of(1, 2, 3, 4, 5, 6),
    b: Float32Array.of(1, 0, 0, 1),
  })
})

test('rank-stabilised adapters are scaled by alpha / sqrt(r)', async () => {
  expect((await read({ ...CONFIG, use_rslora: true }, Q)).scaling).toBeCloseTo(4 / Math.SQRT2, 12)
})

/** scaling * B A of a layer, row by row. */
async function product(
  config: object,
  weights: Record<string, [number[], number[]]>,
  key: `${number}.down_proj`,
) {
  const { rank, scaling, matrices } = await read(config, weights)
  const { a, b } = matrices.get(key) ?? { a: new Float32Array(), b: new Float32Array() }
  const [columns, rows] = [a.length / rank, b.length / rank]
  return Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns]
    const terms = Array.from(
      { length: rank },
      (_, i) => (b[row * rank + i] ?? 0) * (a[i * columns + column] ?? 0),
    )
    return terms.reduce((sum, term) => sum + term, 0) * scaling
  })
}

test('layers of other ranks and alphas keep their own product', async () => {
  const outer = [7, 8, 14, 16, 21, 24]
  expect(await product(CONFIG, { ...Q, ...DOWN }, '11.down_proj')).toEqual(outer.map((value) => value * 4))
  const own = { ...CONFIG, rank_pattern: { down_proj: 1 }, alpha_pattern: { 'mlp.down_proj': 3 } }
  const actual = await product(own, { ...Q, ...DOWN }, '11.down_proj')
  expect(actual).toEqual(outer.map((value) => expect.closeTo(value * 3, 4)))
})

test('an adapter is another one when its weights or its settings change', async () => {
  const digests = await Promise.all([
    read(CONFIG, Q),
    read(CONFIG, Q),
    read({ ...CONFIG, lora_alpha: 5 }, Q),
    read(CONFIG, { ...Q, ...DOWN }),
  ])
  expect(new Set(digests.map(({ digest }) => digest)).size).toBe(3)
  expect(digests[0]?.digest).toBe(digests[1]?.digest)
})

const [A = '', B = ''] = Object.keys(Q)
test.for<[string, object, Uint8Array | Record<string, [number[], number[]]>, RegExp]>([
  ['DoRA', { use_dora: true }, Q, /gives true as use_dora, which isn't supported; train a plain LoRA/],
  ['trained biases', { bias: 'lora_only' }, Q, /gives "lora_only" as bias/],
  ['whole modules', { modules_to_save: ['lm_head'] }, Q, /gives \["lm_head"\] as modules_to_save/],
  ['another method', { peft_type: 'IA3' }, Q, /gives "IA3" as peft_type/],
  ['an altered base model', { init_lora_weights: 'pissa' }, Q, /gives "pissa" as init_lora_weights/],
  ['no rank', { r: undefined }, Q, /has no r that can be used/],
  ['a pattern that is none', { alpha_pattern: { '(': 1 } }, Q, /has the alpha_pattern \(/],
  [
    'another layer',
    {},
    { 'base_model.model.lm_head.lora_A.weight': [[1], [1]] },
    /holds base_model\.model\.lm_head\.lora_A\.weight, which is no LoRA matrix/,
  ],
  ['no matrices', {}, {}, /holds no matrices/],
  ['half a pair', {}, { [A]: Q[A] ?? [[], []] }, /A \[2,3\] and B \[absent\], which make no product/],
  [
    'ranks that differ',
    {},
    {
      ...Q,
      [B]: [
        [4, 1],
        [1, 2, 3, 4],
      ],
    },
    /A \[2,3\] and B \[4,1\]/,
  ],
  [
    'no numbers',
    {},
    {
      ...Q,
      [B]: [
        [2, 2],
        [1, 2, 3, Number.NaN],
      ],
    },
    /numbers that are not finite/,
  ],
  ['a file cut short', {}, float32Safetensors(Q).subarray(0, -4), /cut short/],
  [
    'another type',
    {},
    safetensorsBytes({ [A]: { dtype: 'I8', shape: [8], bytes: floatBytes([1, 2]) } }),
    /stores .* as I8/,
  ],
])('%s: refused in one sentence', async ([, config, weights, sentence]) => {
  const reading = read({ ...CONFIG, ...config }, weights)
  await expect(reading).rejects.toThrow(sentence)
  await expect(reading).rejects.toMatchObject({ code: 'invalid_request' })
})

test('a folder without an adapter is refused', async () => {
  await expect(readAdapter(join(folder, 'none'))).rejects.toMatchObject({ code: 'invalid_request' })
})
