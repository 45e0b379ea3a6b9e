import { describe, expect, test } from 'vitest'
import type { PolicySettings } from '../../../shared/protocol/training/policy.ts'
import { scriptedTrainer } from '../testing/scripted-trainer.ts'
import { wordPolicy } from '../testing/word-policy.ts'
import { policyMetrics, policyNotes } from './policy-metrics.ts'
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

const float = (value: number) => Math.fround(value)

const GROUP: RewardedGroup = {
  prompt: [1, 2],
  samples: [sample([3]), sample([4, 5]), sample([6])],
  rewards: [1, 0, null],
}
const EQUAL: RewardedGroup = { ...GROUP, rewards: [1, 1, 1] }
const ALONE: RewardedGroup = { ...GROUP, rewards: [1, null, null] }

describe('an update of a policy', () => {
  test('takes each group once, weighs completions by their length, and computes nothing that moves nothing', async () => {
    const trainer = scriptedTrainer(() => -1)
    const { groups } = await policyUpdate(trainer, [GROUP, EQUAL, ALONE, GROUP], null, SETTINGS)
    expect(groups).toEqual({ used: 2, nulls: 4, too_few: 1, no_variance: 1, decided: 0 })
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
      [[3], { weight: [float(1 / 6)], advantage: [0.5], rollout: [-1] }],
      [[4, 5], { weight: [float(1 / 12), float(1 / 12)], advantage: [-0.5, -0.5], rollout: [-1, -1] }],
    ])
  })

  test('moves by a fourth where one group of four differs', async () => {
    const rate = 8
    const { trainer } = wordPolicy(['red', 'blue'], 1, rate)
    const samples = [sample([1], Math.log(0.5)), sample([2], Math.log(0.5))]
    const group = (rewards: number[]) => ({ prompt: [0], samples, rewards })
    const groups = [group([1, 0]), group([0, 0]), group([1, 1]), group([0, 0])]
    await policyUpdate(trainer, groups, null, SETTINGS)
    // Of each of the two completions, whose advantages are 1/2 and -1/2: d log p / d logit is 1/2 or -1/2.
    const slope = (0.5 * 0.5 + -0.5 * -0.5) / 2 / groups.length
    expect([...trainer.state().parameters]).toEqual([rate * slope, -rate * slope])
  })

  test('holds groups without variance to the reference, and no others that teach nothing', async () => {
    const trainer = scriptedTrainer(() => -1)
    const decided = { ...GROUP, rewards: [1, 1, 1] }
    const flat = { ...GROUP, rewards: [0, null, 0] }
    const settings = { ...SETTINGS, advantages: 'brpo' as const, kl: 0.1 }
    const report = await policyUpdate(trainer, [flat, decided, ALONE, GROUP], null, settings)
    expect(report.groups).toEqual({ used: 1, nulls: 4, too_few: 1, no_variance: 1, decided: 1 })
    const branches = trainer.seen[0]?.trees.map(({ branches }) =>
      branches.map(({ columns: { weight, advantage } }) => [[...(weight ?? [])], [...(advantage ?? [])]]),
    )
    expect(branches).toEqual([
      [
        [[0.25], [1]],
        [
          [0.125, 0.125],
          [0, 0],
        ],
      ],
      [
        [[0.25], [0]],
        [[0.25], [0]],
      ],
    ])
    expect(policyNotes('judge', report)).toEqual([])

    const still = await policyUpdate(trainer, [flat, decided], null, settings)
    expect(still.update?.applied).toBe(1)
    expect(policyNotes('judge', still)).toEqual([
      "No group of the judge's completions differs in reward: the update held it to its reference alone.",
    ])
  })

  test('changes nothing where no group is to move anything, and says so', async () => {
    const trainer = scriptedTrainer(() => -1)
    const report = await policyUpdate(trainer, [EQUAL, ALONE], null, SETTINGS)
    expect(trainer.seen).toEqual([])
    expect(policyNotes('judge', report)).toEqual([
      "No group of the judge's completions differs in reward: it was not updated.",
    ])
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

  test('takes its place in the schedule by the steps before it, updated or not', async () => {
    const trainer = scriptedTrainer(() => -1)
    await policyUpdate(trainer, [GROUP], null, { ...SETTINGS, inner_iterations: 2 }, 5)
    await policyUpdate(trainer, [GROUP], null, SETTINGS)
    expect(trainer.seen.map(({ planned }) => planned)).toEqual([10, 11, undefined])
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
