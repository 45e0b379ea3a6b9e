import { describe, expect, test } from 'vitest'
import type { PolicySettings } from '../../../shared/protocol/training/policy.ts'
import { scriptedTrainer } from '../testing/scripted-trainer.ts'
import { policyMetrics } from './policy-metrics.ts'
import { policyUpdate, type RewardedGroup } from './policy-update.ts'

const SETTINGS = {
  advantages: 'no_std',
  inner_iterations: 1,
  clip_low: 0.2,
  clip_high: 0.28,
  kl: 0,
  truncation: 2,
} satisfies Partial<PolicySettings>

const sample = (tokens: number[], logprob = -1) => ({
  tokens,
  logprobs: new Float32Array(tokens.length).fill(logprob),
})

const GROUP: RewardedGroup = {
  prompt: [1, 2],
  samples: [sample([3]), sample([4, 5]), sample([6])],
  rewards: [1, 0, null],
}
const EQUAL: RewardedGroup = { ...GROUP, rewards: [1, 1, 1] }

describe('an update of a policy', () => {
  test('takes each group once, weighs completions by their length, and leaves out what teaches nothing', async () => {
    const trainer = scriptedTrainer(() => -1)
    const { groups } = await policyUpdate(trainer, [GROUP, EQUAL, GROUP], null, SETTINGS)
    expect(groups).toEqual({ used: 2, nulls: 2, too_few: 0, no_variance: 1, decided: 0 })
    const [{ trees, loss } = { trees: [], loss: null }] = trainer.seen
    expect(loss).toEqual({
      ...{ kind: 'policy', clip: { low: 0.2, high: 0.28 }, kl: 0, truncation: 2, old: 'current' },
    })
    expect(trees).toHaveLength(2)
    const branches = trees[0]?.branches.map(({ tokens, columns }) => [
      tokens,
      Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, [...values]])),
    ])
    expect(trees[0]?.prompt).toEqual([1, 2])
    expect(branches).toEqual([
      [[3], { weight: [0.25], advantage: [0.5], rollout: [-1] }],
      [[4, 5], { weight: [0.125, 0.125], advantage: [-0.5, -0.5], rollout: [-1, -1] }],
    ])
  })

  test('changes nothing where no group teaches anything', async () => {
    const trainer = scriptedTrainer(() => -1)
    const report = await policyUpdate(
      trainer,
      [EQUAL, { ...GROUP, rewards: [1, null, null] }],
      null,
      SETTINGS,
    )
    expect(trainer.seen).toEqual([])
    expect(policyMetrics(report)).toMatchObject({
      groups: 2,
      groups_used: 0,
      groups_no_variance: 0.5,
      groups_too_few: 0.5,
      null_rewards: 2,
      updates: 0,
      kl: null,
      loss: null,
    })
  })

  test('holds later updates to the log-probabilities before the first one, and the reference to the one given', async () => {
    const settings = { ...SETTINGS, inner_iterations: 3, kl: 0.1 }
    const reference = Float32Array.of(9)
    // Each update makes every token likelier by half a nat.
    const trainer = scriptedTrainer((updates, parameters) => (parameters ? -1.5 : -1 + 0.5 * updates))
    const { update } = await policyUpdate(trainer, [GROUP], reference, settings)
    const columns = trainer.seen.map(({ trees }) => trees[0]?.branches[1]?.columns)
    expect(trainer.seen.map(({ loss }) => 'old' in loss && loss.old)).toEqual(['current', 'given', 'given'])
    expect(columns.map((of) => of?.old && [...of.old])).toEqual([undefined, [-1, -1], [-1, -1]])
    expect(columns.map((of) => of?.reference && [...of.reference])).toEqual(Array(3).fill([-1.5, -1.5]))
    expect(trainer.scoredWith).toEqual([reference])
    // Before the last update the ratio is e: of the three tokens the one of a positive advantage is clipped.
    expect(update?.clipFraction).toBeCloseTo(1 / 3, 6)
    expect(update?.kl).toBeCloseTo(Math.exp(-0.5) + 0.5 - 1, 6)
    expect(update?.applied).toBe(3)
  })

  test('measures how far the engine is from the trainer', async () => {
    const trainer = scriptedTrainer(() => -0.2)
    const { update } = await policyUpdate(trainer, [GROUP], null, SETTINGS)
    expect(update?.mismatch.mean).toBeCloseTo(0.8, 6)
    expect(update?.mismatch.max).toBeCloseTo(0.8, 6)
    expect(update?.mismatch.kl).toBeCloseTo(Math.exp(0.8) - 0.8 - 1, 6)
    expect(update?.truncatedShare).toBe(1)
    expect(update?.kl).toBeNull()
    expect(update?.entropy).toBeCloseTo(0.5, 6)
  })

  test('takes the advantages of a method that has its own', async () => {
    const trainer = scriptedTrainer(() => -1)
    const own = { ...EQUAL, advantages: [2, null, -1] }
    const none = { ...EQUAL, advantages: [0, 0, 0] }
    const rounded = { ...EQUAL, advantages: [0.1 + 0.2 - 0.3, 0, 0] }
    const { groups } = await policyUpdate(trainer, [own, none, rounded], null, SETTINGS)
    expect(groups).toMatchObject({ used: 1, no_variance: 2 })
    const branches = trainer.seen[0]?.trees[0]?.branches ?? []
    expect(branches.map(({ columns }) => [...(columns.advantage ?? [])])).toEqual([[2], [-1]])
  })
})
