import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import { LORA_SITES } from '../ports.ts'
import { RunningDecoder } from '../testing/running-decoder.ts'
import { type TinyCheckpoint, tinyCheckpoint } from '../testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_NAMES, TINY_TOKENS } from '../testing/tiny-models.ts'
import { weightPlan } from '../weight-plan.ts'
import { storedParameters } from './initial-parameters.ts'
import { fullLayout, loraLayout } from './parameter-layout.ts'
import { stepOnce } from './testing/running-step.ts'

const PROMPT = TINY_TOKENS.slice(0, 7)
/** Longer than gemma's window. */
const BRANCHES = [TINY_TOKENS.slice(7, 13), [44, 2, 31], TINY_TOKENS.slice(10, 15)]

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

describe.each(TINY_NAMES)('%s', (name) => {
  let tiny: TinyCheckpoint
  let store: WeightStore
  beforeAll(async () => {
    tiny = await tinyCheckpoint(TINY_MODELS[name])
    store = await tiny.store('float32')
  })
  afterAll(() => tiny[Symbol.asyncDispose]())

  test('a branch is as likely as the engine finds it, and its entropies are those of the logits', async () => {
    const decoder = await RunningDecoder.open(device, tiny.config, store, { lora: false, tree: false })
    const expected: { logprobs: number[]; entropies: number[] } = { logprobs: [], entropies: [] }
    for (const branch of BRANCHES) {
      const logits = await decoder.run(decoder.buffers(1), { tokens: [[...PROMPT, ...branch]] })
      for (const [i, token] of branch.entries()) {
        const { logs, entropy } = distribution(logits[PROMPT.length - 1 + i] ?? [])
        expected.logprobs.push(logs[token] ?? Number.NaN)
        expected.entropies.push(entropy)
      }
    }
    decoder.dispose()

    const rows = [{ prompt: PROMPT, branches: BRANCHES }]
    const shape = { rows: 2, tokens: 24, targets: 17 }
    const lora = loraLayout(tiny.config, { rank: 2, targets: LORA_SITES })
    const full = fullLayout(tiny.config, weightPlan(tiny.config, tiny.checkpoint))
    for (const [layout, parameters] of [
      [lora, []],
      [full, await storedParameters(full, store)],
    ] as const) {
      const scored = await stepOnce(
        device,
        tiny.config,
        store,
        rows,
        { layout, shape, loss: null, chunk: 5 },
        { parameters },
      )
      expect(scored.logprobs).toEqual(expected.logprobs.map((value) => expect.closeTo(value, 4)))
      expect(scored.entropies).toEqual(expected.entropies.map((value) => expect.closeTo(value, 4)))
    }
  })
})

function distribution(logits: ArrayLike<number>): { logs: number[]; entropy: number } {
  const values = Array.from(logits)
  const most = Math.max(...values)
  const total = most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0))
  const logs = values.map((value) => value - total)
  return { logs, entropy: -logs.reduce((sum, value) => sum + value * Math.exp(value), 0) }
}
