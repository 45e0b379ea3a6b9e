import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import type { Checkpoint } from '../weights/checkpoint.ts'
import { settingsOf } from '../weights/settings.ts'
import { decoderConfig } from './decoder-config.ts'
import { RunningDecoder } from './testing/running-decoder.ts'
import { largestDifference, tinyCheckpoint } from './testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_NAMES, TINY_TOKENS, type TinyModel } from './testing/tiny-models.ts'
import { weightPlan } from './weight-plan.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

async function logits(model: TinyModel, format: Checkpoint['format']): Promise<Float32Array[]> {
  await using tiny = await tinyCheckpoint(model, format)
  const options = { lora: false, tree: false }
  const decoder = await RunningDecoder.open(device, tiny.config, await tiny.store('float32'), options)
  const rows = await decoder.run(decoder.buffers(1), { tokens: [TINY_TOKENS] })
  decoder.dispose()
  return rows
}

test.each(TINY_NAMES)('%s is the same model from GGUF as from safetensors', async (name) => {
  const { config, gguf } = TINY_MODELS[name]
  // GGUF doesn't say by what gemma scales its scores: all but one size do by a head's.
  const model =
    'query_pre_attn_scalar' in config
      ? { gguf, config: { ...config, query_pre_attn_scalar: 32 } }
      : TINY_MODELS[name]
  expect(largestDifference(await logits(model, 'gguf'), await logits(model, 'safetensors'))).toBeLessThan(
    1e-5,
  )
})

/** A safetensors checkpoint of a tiny model with other settings or other tensors. */
async function altered(
  name: keyof typeof TINY_MODELS,
  settings: object,
  tensors: (name: string) => string[] = (t) => [t],
) {
  await using tiny = await tinyCheckpoint(TINY_MODELS[name])
  const { checkpoint } = tiny
  const values = { ...TINY_MODELS[name].config, ...settings }
  return {
    ...checkpoint,
    path: 'model',
    architecture: String(values.model_type),
    settings: settingsOf(values, 'config.json'),
    tensors: new Map(
      Array.from(checkpoint.tensors).flatMap(([tensor, value]) =>
        tensors(tensor).map((to) => [to, value] as const),
      ),
    ),
  }
}
const read = (checkpoint: Checkpoint) => weightPlan(decoderConfig(checkpoint), checkpoint)

describe('what config.json may say in several ways', () => {
  test('a base of its own for layers that look back a window', async () => {
    const rope_parameters = {
      full_attention: { rope_type: 'default', rope_theta: 4096 },
      sliding_attention: { rope_type: 'default', rope_theta: 256 },
    }
    const others = { rope_theta: null, rope_scaling: null, rope_local_base_freq: null }
    const config = decoderConfig(await altered('gemma3', { ...others, rope_parameters }))
    const { headSize, frequencies, local } = config
    expect(frequencies[1]).toBeCloseTo(4096 ** (-2 / headSize), 12)
    expect(local?.frequencies[1]).toBeCloseTo(256 ** (-2 / headSize), 12)
  })

  test('a copy of the embedding as the head of a model that has none', async () => {
    const checkpoint = await altered('llama-3-scaling', {}, (name) =>
      name === 'model.embed_tokens.weight' ? [name, 'lm_head.weight'] : [name],
    )
    const head = read(checkpoint).find(({ name }) => name === 'output.weight')
    expect(head?.parts).toEqual([{ tensor: 'model.embed_tokens.weight' }])
  })

  test('that windows are used, in a family that has them', async () => {
    expect(read(await altered('gemma3', { use_sliding_window: true }))).not.toEqual([])
  })
})

test("the one gemma of 62 layers scales its scores by the width of all heads, GGUF's others by a head's", async () => {
  await using tiny = await tinyCheckpoint(TINY_MODELS.gemma3, 'gguf')
  const { settings, path, format, architecture, tensors } = tiny.checkpoint
  const number: typeof settings.number = (key, fallback) =>
    key === 'gemma3.block_count' ? 62 : settings.number(key, fallback)
  const large = decoderConfig({
    ...{ path, format, architecture, tensors },
    settings: { ...settings, number },
    tokenizer: { tokenizer: {}, config: {} },
  })
  expect(tiny.config.scoreScale).toBe(1 / Math.sqrt(tiny.config.headSize))
  expect(large.scoreScale).toBe(1 / Math.sqrt(large.hidden / large.heads))
  expect(large.hidden / large.heads).not.toBe(large.headSize)
})

describe('refusals', () => {
  test.each([
    [
      { model_type: 'mamba' },
      'model is a model of the family mamba; use one of llama, qwen2, qwen3, gemma3_text, gemma3.',
    ],
    [
      { rope_scaling: { rope_type: 'yarn', factor: 4 } },
      'model scales its rotary frequencies by yarn; use a model that scales them by linear or llama3, or not at all.',
    ],
    [
      { hidden_act: 'relu' },
      "model has relu as its activation, which can't be run here; use another llama model.",
    ],
    [
      { final_logit_softcapping: 30 },
      "model caps its logits (final_logit_softcapping), which can't be run here; use another llama model.",
    ],
    [
      { use_sliding_window: true },
      "model looks back a window alone, which can't be run here; use another llama model.",
    ],
    [{ expert_count: 8 }, "model is a mixture of experts, which can't be run here; use another llama model."],
    [
      { num_key_value_heads: 3 },
      'model gives 4 heads over 3 of keys and values, which makes no model; fetch it again.',
    ],
    [{ num_hidden_layers: 0 }, 'model gives 0 as its layers, which makes no model; fetch it again.'],
    [
      { head_dim: 8 },
      'model gives 8 channels a head, where multiples of 16 can be run, which makes no model; fetch it again.',
    ],
    [{ num_hidden_layers: 3 }, 'model has no tensor model.layers.2.input_layernorm.weight; fetch it again.'],
    [
      { num_hidden_layers: 1 },
      'model has a tensor model.layers.1.input_layernorm.weight, which no llama model that can be run here has; use one without it.',
    ],
  ])('%o', async (settings, sentence) => {
    const checkpoint = await altered('llama', settings)
    expect(() => read(checkpoint)).toThrow(sentence)
  })

  test('a tensor that the family has no use for, as a bias in a model without', async () => {
    const checkpoint = await altered('llama', {}, (name) =>
      name.endsWith('0.self_attn.o_proj.weight') ? [name, name.replace('weight', 'bias')] : [name],
    )
    expect(() => read(checkpoint)).toThrow(
      'model has a tensor model.layers.0.self_attn.o_proj.bias, which no llama',
    )
  })

  test('a model that sees too gives its text part', async () => {
    const checkpoint = await altered('gemma3', { model_type: 'gemma3' }, (name) => [`language_model.${name}`])
    const [image] = checkpoint.tensors.values()
    if (!image) throw new TypeError('the model has no tensor')
    checkpoint.tensors.set('vision_tower.x.weight', image)
    expect(read(checkpoint)[0]?.parts).toEqual([{ tensor: 'language_model.model.embed_tokens.weight' }])
  })
})
