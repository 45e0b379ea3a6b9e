import { expect, test } from 'vitest'
import { parseWith } from '../parse.ts'
import { trainingSettings } from './training.ts'

test('every setting has a default', () => {
  expect(parseWith(trainingSettings, {})).toMatchObject({
    lora: { rank: 16, alpha: 32, dropout: 0, targets: expect.arrayContaining(['q_proj', 'down_proj']) },
    full: false,
    optimiser: { learning_rate: 1e-4, betas: [0.9, 0.999], max_gradient_norm: 1 },
    schedule: { kind: 'constant', warmup: 0 },
    precision: 'float32',
    seed: 0,
  })
  const given = parseWith(trainingSettings, { lora: { rank: 4 }, optimiser: { learning_rate: 1e-3 } })
  expect(given.lora).toMatchObject({ rank: 4, alpha: 32 })
  expect(given.optimiser).toMatchObject({ learning_rate: 1e-3, epsilon: 1e-8 })
})

test.for<[object, RegExp]>([
  [{ lora: { rank: 0 } }, /'lora\.rank' must be at least 1: adapters/],
  [{ lora: { rank: 4096 } }, /'lora\.rank' must be at most 256: use full/],
  [{ lora: { targets: ['query'] } }, /'lora\.targets\.0' must be one of "q_proj"/],
  [{ lora: { targets: [] } }, /'lora\.targets' must name a layer/],
  [{ lora: { targets: ['q_proj', 'q_proj'] } }, /'lora\.targets' names a layer twice/],
  [{ optimiser: { learning_rate: 0 } }, /'optimiser\.learning_rate' must be above 0/],
  [{ optimiser: { betas: [0.9, 1] } }, /'optimiser\.betas\.1' must be below 1/],
  [{ optimiser: { lr: 1 } }, /Unknown field 'optimiser\.lr': remove it\./],
  [{ schedule: { kind: 'step' } }, /'schedule\.kind' must be one of "constant"/],
  [{ schedule: { warmup: 1.5 } }, /'schedule\.warmup' must be a whole number of updates, or a share below 1/],
  [{ max_tokens: 0 }, /'max_tokens' must be at least 8/],
  [{ checkpoint_every: -1 }, /'checkpoint_every' must be at least 0/],
  [{ seed: 0.5 }, /'seed' must be a whole number/],
])('%o: refused by name', ([settings, sentence]) => {
  expect(() => parseWith(trainingSettings, settings)).toThrow(sentence)
})
