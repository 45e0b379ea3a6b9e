import * as z from 'zod'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { toMessages } from '../../../shared/protocol/message.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { PairwiseExample, PairwiseSettings } from '../../../shared/protocol/training/pairwise.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { meanOrNull } from '../../../shared/statistics/moments.ts'
import { drawn } from '../examples/draws.ts'
import { refuseNothing } from '../judging/refuse-nothing.ts'
import type { Rewarding } from '../judging/rewarding.ts'
import type { Json, StepReport, TrainingMethod } from '../method.ts'
import { type Policy, rollOut, syncPolicy } from '../policy/policy.ts'
import { policyMetrics, policyNotes } from '../policy/policy-metrics.ts'
import { policyUpdate, type RewardedGroup } from '../policy/policy-update.ts'
import type { Sample } from '../sampler.ts'
import { tallied } from './comparisons.ts'
import { advantagesOf, type GroupRewards, rewardGroup } from './group-rewards.ts'

export type PairwiseParts = {
  settings: PairwiseSettings
  policy: Policy
  /** The parameters that the divergence is taken from; null are those of the frozen decoder. */
  reference: Float32Array | null
  examples: readonly PairwiseExample[]
  rewarding: Rewarding
}

const standing = z.strictObject({ step: z.int().min(0) })

/** Of a run's seeds: those of the order of prompts, and of rollouts. */
const ORDER = 0
const ROLLOUT = 1
/** Prompts of which a report shows a completion. */
const SHOWN = 2

/**
 * Trains a policy on comparisons of its completions with each other and on verifiers (OpenRS's pairwise RL by BRPO,
 * systems.md 3.5; how verifiers are added is our reconstruction). Each step has its own prompts, anchors and seeds, by its
 * number alone.
 */
export class Pairwise implements TrainingMethod {
  readonly roles: TrainingMethod['roles']
  readonly total: number
  readonly #parts: PairwiseParts
  #step = 0
  /** Whether the engine has the policy as it is. */
  #synced = false

  constructor(parts: PairwiseParts) {
    const { policy, settings } = parts
    this.roles = new Map([[policy.role, policy.trainer]])
    this.total = settings.steps
    this.#parts = parts
  }

  state(): Json {
    return { step: this.#step }
  }

  async restore(state: Json): Promise<void> {
    this.#step = parseWith(standing, state).step
    this.#synced = false
  }

  async step(signal: AbortSignal): Promise<StepReport | null> {
    if (this.#step >= this.total) return null
    if (!this.#synced) await syncPolicy(this.#parts.policy)
    this.#synced = true
    const report = await pairwiseStep(this.#parts, this.#step + 1, signal)
    this.#step = report.step
    return report
  }
}

async function pairwiseStep(parts: PairwiseParts, step: number, signal: AbortSignal): Promise<StepReport> {
  const { settings, policy, reference, rewarding } = parts
  const { seed, prompts, group_size: count, temperature, max_new_tokens: maxTokens } = settings
  const from = (step - 1) * prompts
  const examples = drawn(parts.examples, { seed: derivedSeed(seed, ORDER), from, count: prompts })

  const started = performance.now()
  const asked = examples.map(({ prompt }) => toMessages(prompt))
  const how = { count, maxTokens, temperature, seed: derivedSeed(seed, ROLLOUT, step) }
  const samples = await rollOut(policy, asked, how, signal)
  const answered = performance.now()
  const tally = tallied(rewarding.judge)
  const rewarded = await Promise.all(
    examples.map((example, at) => {
      const texts = (samples[at] ?? []).map(({ text }) => text)
      return rewardGroup(example, texts, step, settings, { ...rewarding, judge: tally.judge })
    }),
  )
  signal.throwIfAborted()
  const why = tally.hopeless()
  if (why !== null) {
    throw new PlumblineError('not_scored', `All comparisons of completions failed. ${why}`)
  }
  refuseNothing(
    rewarded.flatMap(({ rewards }) => rewards),
    rewarded.find(({ error }) => error !== null)?.error ?? undefined,
  )
  const judged = performance.now()
  const report = await policyUpdate(
    policy.trainer,
    groupsOf(parts, examples, samples, rewarded),
    reference,
    { ...settings, advantages: advantagesOf(settings) },
    step - 1,
  )
  if (report.update !== null) await syncPolicy(policy)
  return {
    step,
    phase: 'policy',
    metrics: {
      ...rewardMetrics(rewarded, samples),
      ...tally.metrics(),
      ...policyMetrics(report),
    },
    samples: examples.slice(0, SHOWN).map(({ prompt }, at) => ({
      kind: 'response',
      prompt: toMessages(prompt).at(-1)?.content ?? '',
      text: samples[at]?.[0]?.text ?? '',
      reward: rewarded[at]?.rewards[0] ?? null,
    })),
    notes: policyNotes(policy.role, report),
    seconds: {
      rollout: (answered - started) / 1000,
      reward: (judged - answered) / 1000,
      update: (performance.now() - judged) / 1000,
    },
  }
}

function groupsOf(
  { policy }: PairwiseParts,
  examples: readonly PairwiseExample[],
  samples: Sample[][],
  rewarded: GroupRewards[],
): RewardedGroup[] {
  return examples.map(({ prompt }, at) => {
    const { rewards = [], advantages = null } = rewarded[at] ?? {}
    return {
      prompt: policy.sampler.prompt(toMessages(prompt)),
      samples: samples[at] ?? [],
      rewards,
      ...(advantages && { advantages }),
    }
  })
}

function rewardMetrics(rewarded: GroupRewards[], samples: Sample[][]): Record<string, number | null> {
  const all = samples.flat()
  const known = (of: (number | null)[]) => of.filter((one) => one !== null)
  return {
    reward: meanOrNull(rewarded.flatMap(({ rewards }) => known(rewards))),
    passed: meanOrNull(rewarded.flatMap(({ passed }) => known(passed))),
    length: meanOrNull(all.map(({ tokens }) => tokens.length)),
    // what the entropy is on average, known where no group was updated on too
    surprisal: meanOrNull(all.flatMap(({ logprobs }) => Array.from(logprobs, (logprob) => -logprob))),
    truncated_completions: meanOrNull(all.map(({ finish }) => Number(finish === 'length'))),
  }
}
