import type { RewardVector } from '../../../shared/arl-rr/objectives.ts'
import { rewardVectors } from '../../../shared/arl-rr/reward-vectors.ts'
import { toMessages } from '../../../shared/protocol/message.ts'
import type { ArlRrExample } from '../../../shared/protocol/training/arl-rr.ts'
import { type RollOut, rollOut } from '../policy/policy.ts'
import type { Sample } from '../sampler.ts'
import type { ArlRrParts } from './parts.ts'

/** What the policy wrote for some examples, and what each completion earned by class. */
export type Completions = {
  examples: readonly ArlRrExample[]
  samples: Sample[][]
  vectors: RewardVector[][]
  seconds: { rollout: number; reward: number }
}

/** Answers examples by the policy as the engine has it, and rewards what came. */
export async function complete(
  { policy, settings, classes, rewarding }: ArlRrParts,
  examples: readonly ArlRrExample[],
  how: Omit<RollOut, 'maxTokens'>,
  signal: AbortSignal,
): Promise<Completions> {
  const started = performance.now()
  const prompts = examples.map(({ prompt }) => toMessages(prompt))
  const samples = await rollOut(policy, prompts, { ...how, maxTokens: settings.max_new_tokens }, signal)
  const answered = performance.now()
  const vectors = await Promise.all(
    examples.map((example, at) => {
      const texts = (samples[at] ?? []).map(({ text }) => text)
      return rewardVectors(example, texts, classes, rewarding)
    }),
  )
  signal.throwIfAborted()
  const seconds = { rollout: (answered - started) / 1000, reward: (performance.now() - answered) / 1000 }
  return { examples, samples, vectors, seconds }
}
