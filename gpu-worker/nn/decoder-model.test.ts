import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Device } from '../runtime/device.ts'
import { openDevice } from '../runtime/open-device.ts'
import type { DecoderOptions } from './decoder-model.ts'
import { RunningDecoder } from './testing/running-decoder.ts'
import { largestDifference, type TinyCheckpoint, tinyCheckpoint } from './testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_NAMES, TINY_TOKENS } from './testing/tiny-models.ts'

const HIDDEN = Number.NEGATIVE_INFINITY
const PROMPT = TINY_TOKENS.slice(0, 7)
/** Longer than gemma's window, so that a branch's end doesn't see its beginning in layers with one. */
const BRANCHES = [TINY_TOKENS.slice(7, 13), [44, 2, 31], TINY_TOKENS.slice(10, 15)]

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

describe.each(TINY_NAMES)('%s', (name) => {
  let tiny: TinyCheckpoint
  const decoders: RunningDecoder[] = []
  const open = async (options: Partial<DecoderOptions>) => {
    const store = await tiny.store('float32')
    const decoder = await RunningDecoder.open(device, tiny.config, store, {
      lora: false,
      tree: false,
      ...options,
    })
    decoders.push(decoder)
    return decoder
  }
  beforeAll(async () => {
    tiny = await tinyCheckpoint(TINY_MODELS[name])
  })
  afterAll(async () => {
    for (const decoder of decoders) decoder.dispose()
    await tiny[Symbol.asyncDispose]()
  })

  /** The logits after each token of a text, computed by itself. */
  const solo = async (tokens: readonly number[]) => {
    const decoder = await open({})
    return decoder.run(decoder.buffers(1), { tokens: [tokens] })
  }

  describe.each(['fused', 'primitive'] as const)('%s attention', (attention) => {
    test.each([true, false])(
      'rows of other lengths in one batch do not change each other (tree: %s)',
      async (tree) => {
        const texts = [TINY_TOKENS.slice(0, 9), TINY_TOKENS.slice(3, 8), TINY_TOKENS.slice(5, 15)]
        const decoder = await open({ tree, attention })
        const longest = Math.max(...texts.map((text) => text.length))
        const padded = texts.map((text) => [...text, ...Array(longest - text.length).fill(0)])
        const buffers = decoder.buffers(3)
        const lengths = texts.map((text) => text.length)
        const rows = await decoder.run(buffers, { tokens: padded, lengths })
        const next = await decoder.run(buffers, { tokens: [[11], [12], [13]], past: lengths })
        for (const [i, text] of texts.entries()) {
          const alone = await solo([...text, 11 + i])
          const together = [...rows.slice(i * longest, i * longest + text.length), ...next.slice(i, i + 1)]
          expect(largestDifference(together, alone)).toBeLessThan(1e-5)
        }
      },
    )

    test.each([0, 3, 7])(
      'branches side by side are what each is by itself, %i tokens cached',
      async (cached) => {
        const decoder = await open({ tree: true, attention })
        const buffers = decoder.buffers(1)
        if (cached > 0) await decoder.run(buffers, { tokens: [PROMPT.slice(0, cached)] })
        const { tokens, positions, bias, keyPositions, starts } = packed(PROMPT.slice(cached), cached)
        const rows = await decoder.run(buffers, {
          tokens: [tokens],
          positions: [positions],
          past: [cached],
          bias,
          keyPositions,
        })
        for (const [i, branch] of BRANCHES.entries()) {
          const alone = await solo([...PROMPT, ...branch])
          const start = starts[i] ?? 0
          expect(
            largestDifference(rows.slice(start, start + branch.length), alone.slice(PROMPT.length)),
          ).toBeLessThan(1e-5)
        }
      },
    )

    test('a branch goes on in a later pass, past its siblings', async () => {
      const decoder = await open({ tree: true, attention })
      const buffers = decoder.buffers(1)
      const { tokens, positions, bias, keyPositions, starts } = packed(PROMPT, 0)
      await decoder.run(buffers, { tokens: [tokens], positions: [positions], bias, keyPositions })
      const [first = []] = BRANCHES
      const position = PROMPT.length + first.length
      const visible = (place: number) => place < (starts[1] ?? 0) || place === tokens.length
      const [row = []] = await decoder.run(buffers, {
        tokens: [[19]],
        positions: [[position]],
        past: [tokens.length],
        bias: [[...tokens, 19].map((_, place) => (visible(place) ? 0 : HIDDEN))],
        keyPositions: [...keyPositions, position],
      })
      const alone = await solo([...PROMPT, ...first, 19])
      expect(largestDifference([row], alone.slice(-1))).toBeLessThan(1e-5)
    })
  })
})

/** New tokens of the prompt, then the branches after it, each blind to the others. */
function packed(prompt: readonly number[], cached: number) {
  const tokens = [...prompt]
  const positions = prompt.map((_, i) => cached + i)
  const owner = prompt.map(() => -1)
  const starts = BRANCHES.map((branch, i) => {
    const start = tokens.length
    for (const [j, token] of branch.entries()) {
      tokens.push(token)
      positions.push(cached + prompt.length + j)
      owner.push(i)
    }
    return start
  })
  const all = [...Array(cached).fill(-1), ...owner]
  const bias = owner.map((mine) => all.map((other) => (other === -1 || other === mine ? 0 : HIDDEN)))
  return { tokens, positions, bias, starts, keyPositions: [...Array(cached).keys(), ...positions] }
}
