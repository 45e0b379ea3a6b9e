import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import { TinyGround } from '../../train/trainer/testing/tiny-ground.ts'
import { readAdapter } from '../../weights/adapter.ts'
import { readCheckpoint } from '../../weights/read-checkpoint.ts'
import { storeWeights } from '../../weights/store/store-weights.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { writeModel } from '../../weights/write-model.ts'
import { largestDifference, tinyCheckpoint } from '../testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_TOKENS, type TinyName } from '../testing/tiny-models.ts'
import { weightPlan } from '../weight-plan.ts'
import { mergedWeights } from './merge-adapter.ts'
import { fullLayout } from './parameter-layout.ts'

let device: Device
const folder = await scratchFolder()
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

const reply = TINY_TOKENS.slice(4)
const weight = new Float32Array(reply.length).fill(0.1)
const TREE = { prompt: TINY_TOKENS.slice(0, 4), branches: [{ tokens: reply, columns: { weight } }] }

test.for<TinyName>(['llama', 'qwen2', 'gemma3'])(
  '%s: a merged model is one with its adapter',
  async (name) => {
    await using tiny = await tinyCheckpoint(TINY_MODELS[name])
    const { config, checkpoint } = tiny
    const ground = await TinyGround.open(device, tiny)
    const trainer = await ground.trainer({ optimiser: { learning_rate: 0.03 } })
    for (let step = 0; step < 3; step++) await trainer.update([TREE], { kind: 'supervised' })
    const [adapter, merged] = [join(folder, name, 'adapter'), join(folder, name, 'merged')]
    await trainer.save(adapter)
    const layout = fullLayout(config, weightPlan(config, checkpoint))
    const weights = mergedWeights(config, layout, ground.ground.store, await readAdapter(adapter))
    await writeModel(merged, checkpoint, config, weights)

    const saved = await readCheckpoint({ path: merged })
    const store = () =>
      storeWeights(saved, weightPlan(config, saved), 'float32', join(folder, name, 'weights'), () => {})
    const whole = await TinyGround.open(device, { ...tiny, checkpoint: saved, store })
    const rows = async (of: TinyGround, options?: null) => {
      const scores = await (await of.trainer()).score([TREE], options)
      return scores[0]?.map(({ logprobs }) => logprobs) ?? []
    }
    const [trained] = await trainer.score([TREE])
    const plain = await rows(ground, null)
    const expected = trained?.map(({ logprobs }) => logprobs) ?? []
    expect(largestDifference(expected, plain)).toBeGreaterThan(0.1)
    expect(largestDifference(expected, await rows(whole, null))).toBeLessThan(1e-5)
    whole.dispose()
    ground.dispose()
  },
)

test('an adapter of another model is refused', async () => {
  await using tiny = await tinyCheckpoint(TINY_MODELS.llama)
  await using other = await tinyCheckpoint(TINY_MODELS.qwen3)
  const ground = await TinyGround.open(device, tiny)
  await (await ground.trainer()).save(join(folder, 'other'))
  const adapter = await readAdapter(join(folder, 'other'))
  const layout = fullLayout(other.config, weightPlan(other.config, other.checkpoint))
  expect(() => mergedWeights(other.config, layout, ground.ground.store, adapter)).toThrow(
    /don't fit the model/,
  )
  ground.dispose()
})
