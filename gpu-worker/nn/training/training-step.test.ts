import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import type { Loss } from '../../train/loss.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import { LORA_SITES } from '../ports.ts'
import { type TinyCheckpoint, tinyCheckpoint } from '../testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_TOKENS } from '../testing/tiny-models.ts'
import { noise } from '../testing/tiny-tensors.ts'
import { weightPlan } from '../weight-plan.ts'
import { storedParameters } from './initial-parameters.ts'
import { fullLayout, loraLayout, type ParameterLayout } from './parameter-layout.ts'
import type { Row } from './testing/packed-rows.ts'
import { type StepOutputs, stepOnce } from './testing/running-step.ts'
import { type TrainingOptions, trainingGraph } from './training-model.ts'

const PROMPT = TINY_TOKENS.slice(0, 7)
const BRANCHES = [TINY_TOKENS.slice(7, 13), [44, 2, 31], TINY_TOKENS.slice(10, 15)]
const GROUP: Row[] = [{ prompt: PROMPT, branches: BRANCHES }]
const APART: Row[] = BRANCHES.map((branch) => ({ prompt: PROMPT, branches: [branch] }))
const POLICY: Loss = {
  ...{ kind: 'policy', clip: { low: 0.2, high: 0.28 }, kl: 0.1, truncation: 2, old: 'current' },
}
const values = (phase: number, around = 0) =>
  BRANCHES.flat().map((_, i) => around + Math.sin(12.9898 * i + 78.233 * phase))
const COLUMNS = {
  weight: values(1, 1.5),
  advantage: values(2),
  reference: values(3, -3),
  rollout: values(4, -3),
}

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

/** Gemma has local windows, which the group's branches are longer than together; llama-3-scaling a tied head. */
describe.each(['gemma3', 'qwen2', 'llama-3-scaling'] as const)('%s', (name) => {
  let tiny: TinyCheckpoint
  let store: WeightStore
  let trained: { layout: ParameterLayout; parameters: Float32Array }
  let all: { layout: ParameterLayout; parameters: Float32Array }
  beforeAll(async () => {
    tiny = await tinyCheckpoint(TINY_MODELS[name])
    store = await tiny.store('float32')
    const layout = loraLayout(tiny.config, { rank: 2, targets: LORA_SITES })
    trained = { layout, parameters: noise('adapter', [layout.size], 0.3) }
    const full = fullLayout(tiny.config, weightPlan(tiny.config, tiny.checkpoint))
    all = { layout: full, parameters: await storedParameters(full, store) }
  })
  afterAll(() => tiny[Symbol.asyncDispose]())

  type Options = Partial<TrainingOptions> & {
    parameters?: Float32Array
    gradient?: number[]
    lossScale?: number
  }
  const step = (rows: readonly Row[], { parameters, gradient, lossScale, ...options }: Options = {}) =>
    stepOnce(
      device,
      tiny.config,
      store,
      rows,
      { layout: trained.layout, loss: POLICY, type: 'float64', ...options },
      {
        parameters: parameters ?? trained.parameters,
        columns: COLUMNS,
        ...(gradient && { gradient }),
        ...(lossScale && { lossScale }),
      },
    )

  test('a group in one row is its branches in rows of their own', async () => {
    expectClose(await step(GROUP), await step(APART), 1e-12)
    expectClose(await step(GROUP, { type: 'float32' }), await step(APART), 1e-4)
  })

  test('lanes change nothing, whatever lies in one and in how many rows', async () => {
    const apart = await step(APART)
    const row = { rows: 1, targets: 14 }
    for (const shape of [
      { ...row, tokens: 7 + 3 * 6, lanes: { count: 3, tokens: 6 } },
      // The longest branch behind the prompt, and two that share a lane.
      { ...row, tokens: 14 + 8, lanes: { count: 1, tokens: 8 } },
      // Padding in the trunk, in the lanes, and whole lanes of it.
      { ...row, tokens: 11 + 4 * 9, lanes: { count: 4, tokens: 9 } },
    ]) {
      expectClose(await step(GROUP, { shape }), apart, 1e-12)
    }
    const two = { rows: 2, tokens: 8 + 2 * 6, lanes: { count: 2, tokens: 6 }, targets: 14 }
    const split: Row[] = [
      { prompt: PROMPT, branches: BRANCHES.slice(0, 2) },
      { prompt: PROMPT, branches: BRANCHES.slice(2) },
    ]
    expectClose(await step(split, { shape: two }), apart, 1e-12)
    const lanes = { ...row, tokens: 7 + 3 * 6, lanes: { count: 3, tokens: 6 } }
    expectClose(await step(GROUP, { shape: lanes, type: 'float32' }), apart, 1e-4)
  })

  test('nor does it that a long trunk is looked at in chunks', async () => {
    const prompt = Array.from({ length: 250 }, (_, i) => TINY_TOKENS[(i * 5) % TINY_TOKENS.length] ?? 0)
    // The group's second chunk begins within its branches; rows apart and trunks before lanes have one chunk.
    const group = [{ prompt, branches: BRANCHES }]
    const apart = BRANCHES.map((branch) => ({ prompt, branches: [branch] }))
    const lanes = { rows: 1, tokens: 250 + 3 * 6, lanes: { count: 3, tokens: 6 }, targets: 14 }
    const long = { rows: 1, tokens: 520 + 2 * 8, lanes: { count: 2, tokens: 8 }, targets: 14 }
    const expected = await step(apart)
    expectClose(await step(group), expected, 1e-12)
    expectClose(await step(group, { shape: lanes }), expected, 1e-12)
    expectClose(await step(group, { shape: long }), expected, 1e-12)
  })

  test('padding changes nothing', async () => {
    const shape = { rows: 3, tokens: 32, targets: 21 }
    expectClose(await step(GROUP, { shape }), await step(GROUP), 1e-12)
  })

  test('nor does how many rows pass the head together', async () => {
    const whole = await step(GROUP, { chunk: 14 })
    for (const chunk of [1, 5]) expectClose(await step(GROUP, { chunk }), whole, 1e-12)
  })

  test('the gradient through a frozen head is what its operators give', async () => {
    expectClose(await step(GROUP), await step(GROUP, { head: 'recomputed' }), 1e-12)
  })

  test('recomputation changes nothing', async () => {
    for (const given of [trained, all]) {
      const kept = await step(GROUP, { ...given, recompute: 'none' })
      for (const recompute of ['light', 'layers'] as const) {
        expectClose(await step(GROUP, { ...given, recompute }), kept, 1e-12)
      }
    }
  })

  test('gradients add up', async () => {
    const once = await step(GROUP)
    const twice = await step(GROUP, { gradient: once.gradient })
    expect(
      distance(
        twice.gradient,
        once.gradient.map((value) => 2 * value),
      ),
    ).toBeLessThan(1e-12)
  })
})

test('no value is as large as the logits of all rows, whatever is trained', async () => {
  const model = { ...TINY_MODELS.llama, config: { ...TINY_MODELS.llama.config, vocab_size: 509 } }
  await using tiny = await tinyCheckpoint(model)
  const store = await tiny.store('float32')
  const shape = { rows: 4, tokens: 32, targets: 128 }
  const chunk = 8
  for (const layout of [
    loraLayout(tiny.config, { rank: 2, targets: LORA_SITES }),
    fullLayout(tiny.config, weightPlan(tiny.config, tiny.checkpoint)),
  ]) {
    const { g } = trainingGraph(tiny.config, store, { layout, shape, loss: POLICY, chunk })
    // A view of another may have a size that isn't said.
    const sizes = g.nodes
      .flatMap(({ outputs }) => outputs)
      .map((value) => value.shape.reduce<number>((size, dim) => size * Number(dim), 1))
    expect(sizes).toContain(chunk * 509)
    // The flat vector alone is larger: it holds the weights.
    expect(sizes.filter((size) => size !== layout.size && size >= shape.targets * 509)).toEqual([])
  }
})

/** Relative to the larger of the two in L2. */
function distance(a: readonly number[], b: readonly number[]): number {
  const norm = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0))
  return norm(a.map((value, i) => value - (b[i] ?? Number.NaN))) / Math.max(norm(a), norm(b))
}

function expectClose(a: StepOutputs, b: StepOutputs, most: number): void {
  expect(distance([a.loss], [b.loss])).toBeLessThan(most)
  expect(distance(a.logprobs, b.logprobs)).toBeLessThan(most)
  expect(distance(a.entropies, b.entropies)).toBeLessThan(most)
  expect(distance(a.gradient, b.gradient)).toBeLessThan(most)
}
