import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RunningDecoder } from '../../gpu-worker/nn/testing/running-decoder.ts'
import {
  largestDifference,
  type TinyCheckpoint,
  tinyCheckpoint,
} from '../../gpu-worker/nn/testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_NAMES } from '../../gpu-worker/nn/testing/tiny-models.ts'
import type { Device } from '../../gpu-worker/runtime/device.ts'
import { openDevice } from '../../gpu-worker/runtime/open-device.ts'
import { readReference } from './reference.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

describe.each(TINY_NAMES)('%s', (name) => {
  let tiny: TinyCheckpoint
  beforeAll(async () => {
    tiny = await tinyCheckpoint(TINY_MODELS[name])
  })
  afterAll(() => tiny[Symbol.asyncDispose]())

  test.each(['fused', 'primitive'] as const)(
    'logits are those of transformers: %s attention',
    async (attention) => {
      const { tokens, positions, logits } = await readReference(name)
      const store = await tiny.store('float32')
      for (const tree of [false, true]) {
        const decoder = await RunningDecoder.open(device, tiny.config, store, {
          lora: false,
          tree,
          attention,
        })
        const all = await decoder.run(decoder.buffers(1), { tokens: [tokens] })
        const rows = positions.map((position) => all[position] ?? [])
        expect(largestDifference(rows, logits)).toBeLessThan(1e-4)

        const buffers = decoder.buffers(1)
        const steps = []
        for (const [i, token] of tokens.entries()) {
          steps.push(...(await decoder.run(buffers, { tokens: [[token]], past: [i] })))
        }
        expect(largestDifference(steps, all)).toBeLessThan(1e-5)
        decoder.dispose()
      }
    },
  )
})
