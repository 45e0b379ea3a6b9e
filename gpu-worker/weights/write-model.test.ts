import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDecoderConfig } from '../nn/read-decoder-config.ts'
import { tinyCheckpoint } from '../nn/testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_NAMES, type TinyName } from '../nn/testing/tiny-models.ts'
import { storedParameters } from '../nn/training/initial-parameters.ts'
import { fullLayout } from '../nn/training/parameter-layout.ts'
import { weightPlan } from '../nn/weight-plan.ts'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import { TinyGround } from '../train/trainer/testing/tiny-ground.ts'
import { readCheckpoint } from './read-checkpoint.ts'
import { storeWeights } from './store/store-weights.ts'
import { scratchFolder } from './testing/scratch-folder.ts'
import { writeModel } from './write-model.ts'

const folder = await scratchFolder()
let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

/** All weights of the model in a folder or file, as the store has them, and its sizes. */
async function weightsOf(path: string) {
  const checkpoint = await readCheckpoint({ path })
  const config = await readDecoderConfig(checkpoint)
  const plan = weightPlan(config, checkpoint)
  const kept = join(folder, `${path.replaceAll('/', '_')}-weights`)
  const store = await storeWeights(checkpoint, plan, 'float32', kept, () => {})
  const layout = fullLayout(config, plan)
  return { config, layout, values: await storedParameters(layout, store) }
}

/** What a trainer of all weights saves of a model, untrained and after an update. */
async function saved(name: TinyName) {
  await using tiny = await tinyCheckpoint(TINY_MODELS[name])
  const ground = await TinyGround.open(device, tiny)
  const trainer = await ground.trainer({ full: true, optimiser: { learning_rate: 0.01 } })
  const place = (when: string) => join(folder, `${name}-${when}`)
  await trainer.save(place('before'))
  const weight = Float32Array.of(1, 1)
  await trainer.update([{ prompt: [1, 2], branches: [{ tokens: [3, 4], columns: { weight } }] }], {
    kind: 'supervised',
  })
  await trainer.save(place('after'))
  const parameters = trainer.state().parameters
  ground.dispose()
  const original = await weightsOf(tiny.checkpoint.path)
  return {
    original,
    parameters,
    before: await weightsOf(place('before')),
    after: await weightsOf(place('after')),
  }
}

const largest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0)

describe.each(TINY_NAMES)('%s', (name) => {
  test('all weights are found again as they were trained', async () => {
    const { original, parameters, before, after } = await saved(name)
    expect(before.config).toEqual(original.config)
    expect(largest(before.values, original.values)).toBeLessThan(2e-7)
    expect(largest(after.values, parameters)).toBeLessThan(2e-7)
    expect(largest(after.values, original.values)).toBeGreaterThan(0.005)
  })
})

/** Writes a GGUF file's model, with a tokenizer that the tiny ones lack, as a folder. */
async function fromGguf(name: TinyName) {
  await using tiny = await tinyCheckpoint(TINY_MODELS[name], 'gguf')
  const { path, format, architecture, settings, tensors } = tiny.checkpoint
  const tokenizer = { tokenizer: { model: { vocab: { a: 0 } } }, config: {} }
  const original = await weightsOf(path)
  const weights = original.layout.entries.map(({ name, shape, offset }) => ({
    name,
    values: original.values.subarray(offset, offset + shape.reduce((product, dim) => product * dim, 1)),
  }))
  const place = join(folder, `${name}-gguf`)
  await writeModel(
    place,
    { path, format, architecture, settings, tensors, tokenizer },
    original.config,
    weights,
  )
  return { original, written: await weightsOf(place) }
}

test.for<TinyName>(['llama', 'qwen2', 'qwen3'])('%s from a GGUF file becomes a folder', async (name) => {
  const { original, written } = await fromGguf(name)
  const { frequencies, ...config } = original.config
  expect(written.config).toMatchObject(config)
  expect(written.config.frequencies).toEqual(frequencies.map((value) => expect.closeTo(value, 6)))
  expect(written.values).toEqual(original.values)
})

test.for<TinyName>(['llama-3-scaling', 'gemma3'])('%s: a GGUF file says too little of it', async (name) => {
  await expect(fromGguf(name)).rejects.toThrow(/use the model's own folder of safetensors/)
})
