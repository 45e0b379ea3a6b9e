import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gradients } from '../../onnx/gradients/gradients.ts'
import * as ops from '../../onnx/ops.ts'
import { type HostTensor, int64, runGraph } from '../../onnx/testing/run-graph.ts'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import type { Loss } from '../../train/loss.ts'
import type { Column } from '../../train/token-tree.ts'
import { lossColumns, tokenLoss } from './token-losses.ts'

/** A token as the losses see it. */
type Token = { logprob: number; sequence: number } & Record<Column, number>

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 1 })
})
afterAll(() => device.dispose())

/** The loss as loss.ts says it, token by token, and its derivative by log p. `now` are the log-probabilities that `old: 'current'` takes. */
const LOSSES = {
  supervised: (tokens: readonly Token[]) => -sum(tokens.map(({ weight, logprob }) => weight * logprob)),
  policy: (
    tokens: readonly Token[],
    { clip, kl, truncation, old: source }: Extract<Loss, { kind: 'policy' }>,
    now: readonly number[],
  ) =>
    sum(
      tokens.map((token, i) => {
        if (token.weight === 0) return 0
        const old = source === 'given' ? token.old : (now[i] ?? Number.NaN)
        const ratio = Math.exp(token.logprob - old)
        const bounded = Math.min(Math.max(ratio, 1 - clip.low), 1 + clip.high)
        const away = token.reference - token.logprob
        const importance = Math.min(Math.exp(old - token.rollout), truncation)
        const gain = Math.min(ratio * token.advantage, bounded * token.advantage)
        return token.weight * importance * (-gain + kl * (Math.exp(away) - away - 1))
      }),
    ),
  dpo: (tokens: readonly Token[], { beta, supervised }: Extract<Loss, { kind: 'dpo' }>) =>
    sum(
      [0, 1, 2].map((pair) => {
        const branch = (name: number) =>
          tokens.filter(({ sequence, weight }) => sequence === name && weight !== 0)
        const [preferred, other] = [branch(2 * pair), branch(2 * pair + 1)]
        const [first] = preferred
        if (!first) return 0
        const ratio = (list: readonly Token[]) =>
          sum(list.map(({ logprob, reference }) => logprob - reference))
        const margin = ratio(preferred) - ratio(other)
        const likelihood = sum(preferred.map(({ logprob }) => logprob)) / preferred.length
        return first.weight * (Math.log(1 + Math.exp(-beta * margin)) - supervised * likelihood)
      }),
    ),
}

function scalarLoss(tokens: readonly Token[], loss: Loss, now: readonly number[]): number {
  switch (loss.kind) {
    case 'supervised':
      return LOSSES.supervised(tokens)
    case 'policy':
      return LOSSES.policy(tokens, loss, now)
    case 'dpo':
      return LOSSES.dpo(tokens, loss)
  }
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)

/** The loss in a graph of float64, and its gradient by log p. */
async function graphLoss(
  tokens: readonly Token[],
  loss: Loss,
): Promise<{ loss: number; gradient: number[] }> {
  const columns = lossColumns(loss)
  const float64 = (values: readonly number[]): HostTensor => ({
    ...{ dtype: 'float64', dims: [tokens.length] },
    values: Float64Array.from(values),
  })
  const inputs = [
    float64(tokens.map(({ logprob }) => logprob)),
    int64(
      [tokens.length],
      tokens.map(({ sequence }) => sequence),
    ),
    ...columns.map((name) => float64(tokens.map((token) => token[name]))),
  ]
  const [value = [], gradient = []] = await runGraph(device, inputs, (g, [logprobs, sequence, ...given]) => {
    if (!logprobs || !sequence) return []
    const named = Object.fromEntries(columns.map((name, i) => [name, given[i]]))
    const total = tokenLoss(g, { logprobs, sequence, columns: named }, 3, loss)
    return [
      ops.identity(g, total.loss),
      ...gradients(g, total.loss, [logprobs], { constants: total.constants }),
    ]
  })
  return { loss: value[0] ?? Number.NaN, gradient }
}

const STEP = 1e-6
async function check(tokens: readonly Token[], loss: Loss): Promise<void> {
  const now = tokens.map(({ logprob }) => logprob)
  const found = await graphLoss(tokens, loss)
  expect(found.loss).toBeCloseTo(scalarLoss(tokens, loss, now), 10)
  for (const [i, token] of tokens.entries()) {
    const at = (by: number) =>
      scalarLoss(tokens.with(i, { ...token, logprob: token.logprob + by }), loss, now)
    expect(found.gradient[i], `token ${i}`).toBeCloseTo((at(STEP) - at(-STEP)) / (2 * STEP), 6)
  }
}

/** Tokens without a pattern, the same every time; every third is context alone. */
const TOKENS: Token[] = Array.from({ length: 24 }, (_, i) => {
  const noise = (phase: number) => Math.sin(12.9898 * i + 78.233 * phase)
  const logprob = -2 - 1.5 * noise(1)
  return {
    logprob,
    sequence: Math.floor(i / 6),
    weight: i % 3 === 2 ? 0 : 0.5 + 0.4 * noise(2),
    advantage: noise(3),
    old: logprob + 0.5 * noise(4),
    reference: logprob + noise(5),
    rollout: logprob + 0.9 * noise(6),
  }
})
const PADDING: Token = {
  ...{ logprob: -90, sequence: -1, weight: 0, advantage: 0, old: 0, reference: 0, rollout: 0 },
}
const POLICY = {
  kind: 'policy',
  clip: { low: 0.2, high: 0.28 },
  kl: 0.3,
  truncation: 1.5,
  old: 'given',
} as const

const CASES: [string, Loss][] = [
  ['supervised', { kind: 'supervised' }],
  ['dpo', { kind: 'dpo', beta: 0.7, supervised: 0 }],
  ['dpo with a likelihood', { kind: 'dpo', beta: 0.1, supervised: 0.2 }],
  ['policy', POLICY],
  ['policy without a reference', { ...POLICY, kl: 0 }],
  ['policy on what was just rolled out', { ...POLICY, old: 'current' }],
]

describe.each(CASES)('%s', (_, loss) => {
  test('is what its formula says, and so is its gradient', () => check(TOKENS, loss))

  test('takes no notice of padding, however unlikely', async () => {
    const bare = await graphLoss(TOKENS, loss)
    const padded = await graphLoss([...TOKENS, PADDING, { ...PADDING, logprob: -900 }], loss)
    expect(padded.loss).toBeCloseTo(bare.loss, 12)
    expect(padded.gradient.slice(TOKENS.length).map(Math.abs)).toEqual([0, 0])
    expect(padded.gradient.slice(0, TOKENS.length)).toEqual(
      bare.gradient.map((value) => expect.closeTo(value, 12)),
    )
  })
})

describe('clipping', () => {
  const token = (ratio: number, advantage: number): Token => ({
    ...{
      logprob: -1,
      sequence: 0,
      weight: 1,
      advantage,
      old: -1 - Math.log(ratio),
      reference: -1,
      rollout: -1 - Math.log(ratio),
    },
  })
  const slope = async (ratio: number, advantage: number) =>
    (await graphLoss([token(ratio, advantage)], { ...POLICY, kl: 0 })).gradient[0]

  test.each<[string, number, number, boolean]>([
    ['a good token that is far more likely by now', 1.281, 1, false],
    ['a good token within the upper bound', 1.279, 1, true],
    ['a good token that is far less likely by now', 0.5, 1, true],
    ['a bad token that is far less likely by now', 0.799, -1, false],
    ['a bad token within the lower bound', 0.801, -1, true],
    ['a bad token that is far more likely by now', 2, -1, true],
  ])('%s', async (_, ratio, advantage, moves) => {
    expect(await slope(ratio, advantage)).toBeCloseTo(moves ? -ratio * advantage : 0, 10)
  })

  test('what was just rolled out is not clipped, and its ratio is 1', async () => {
    const tokens = [
      { ...token(1, 2), old: 5 },
      { ...token(1, -3), old: 5 },
    ]
    const found = await graphLoss(tokens, { ...POLICY, kl: 0, old: 'current' })
    expect(found).toEqual({ loss: 1, gradient: [-2, 3] })
  })

  test('importance is cut at the truncation, and no gradient flows through it', async () => {
    const tokens = [
      { ...token(1, 1), rollout: -3 },
      { ...token(1, 1), rollout: -0.5 },
    ]
    const { gradient } = await graphLoss(tokens, { ...POLICY, kl: 0, old: 'current' })
    expect(gradient).toEqual([-1.5, expect.closeTo(-Math.exp(-0.5), 10)])
  })
})
