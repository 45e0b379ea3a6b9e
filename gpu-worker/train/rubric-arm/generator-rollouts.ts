import { transcript } from '../../../shared/model/transcript.ts'
import type { Criterion } from '../../../shared/protocol/rubric.ts'
import type { LabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { meanOrNull } from '../../../shared/statistics/moments.ts'
import type { Sample } from '../sampler.ts'
import { type Arm, namedBy, type Rolled, share, turnedBy, variance } from './arm.ts'

/** A rubric that was drawn: what it says, null where it is none, and whether the judge is right by it, null where it named nobody. */
type Judged = { criteria: Criterion[] | null; right: boolean | null }

/**
 * Groups of rubrics, each of one prompt, rewarded by one greedy judgment of its pair: R_acc alone (systems.md 1.2). The
 * pair's order is drawn once for a group, so that its rubrics are told apart by what they say: our reconstruction. What
 * can't be read as a rubric is the generator's action and earns 0; where the frozen judge names nobody there is no
 * reward.
 *
 * `between_rubrics` is the mean over prompts of the variance of being right over the readable rubrics of a prompt, estimated
 * without bias. A rubric is judged once and greedily, so that its p is 0 or 1: this is how much the greedy judgment's
 * being right depends on the rubric, all the noise of this reward. It stands in for equation 18's second term without
 * its factor, whose p is the chance that a judgment that is drawn is right: an estimate of that it is not.
 */
export async function rollOutGenerator(
  arm: Arm,
  pairs: readonly LabelledPair[],
  seed: number,
  signal: AbortSignal,
): Promise<Rolled> {
  const { sampler, settings, form, secret } = arm
  const { group_size: count, max_new_tokens: maxTokens, temperature } = settings.generator
  const started = performance.now()
  const messages = await Promise.all(pairs.map(({ prompt }) => form.generatorMessages(prompt, secret)))
  const requests = messages.map((messages, index) => ({
    ...{ messages, role: 'generator', count, maxTokens, temperature },
    seed: derivedSeed(seed, 2 * index),
  }))
  const drawn = await sampler.sample(requests, signal)
  const rolledOut = performance.now()
  const judged = await judgeGreedily(arm, pairs, drawn, seed, signal)

  const all = judged.flat()
  const readable = all.filter(({ criteria }) => criteria !== null)
  const rewards = judged.map((group) => group.map(rewardOf))
  return {
    groups: drawn.map((samples, index) => ({
      prompt: sampler.prompt(messages[index] ?? []),
      samples,
      rewards: rewards[index] ?? [],
    })),
    metrics: {
      reward: meanOrNull(rewards.flat().filter((reward) => reward !== null)),
      accuracy: share(readable.flatMap(({ right }) => right ?? [])),
      format: share(all.map(({ criteria }) => criteria !== null)),
      judge_unread: share(readable.map(({ right }) => right === null)),
      between_rubrics: meanOrNull(
        judged.flatMap((group) => variance(group.flatMap(({ right }) => right ?? [])) ?? []),
      ),
      rubric_items: meanOrNull(readable.map(({ criteria }) => criteria?.length ?? 0)),
      rubric_tokens: meanOrNull(drawn.flat().map(({ tokens }) => tokens.length)),
      completions: all.length + readable.length,
    },
    samples: (drawn[0] ?? []).slice(0, 1).map(({ text }) => ({
      kind: 'rubric' as const,
      prompt: transcript(pairs[0]?.prompt ?? []),
      text,
      reward: rewards[0]?.[0] ?? null,
    })),
    seconds: { rollout: (rolledOut - started) / 1000, reward: (performance.now() - rolledOut) / 1000 },
  }
}

/** One greedy judgment of each pair by each rubric that was drawn for it. */
async function judgeGreedily(
  { sampler, settings, form, secret }: Arm,
  pairs: readonly LabelledPair[],
  drawn: readonly (readonly Sample[])[],
  seed: number,
  signal: AbortSignal,
): Promise<Judged[][]> {
  const { max_new_tokens: maxTokens } = settings.judge
  const turned = pairs.map((pair, index) => turnedBy(derivedSeed(seed, 2 * index + 1), pair))
  const rubrics = drawn.map((of) =>
    of.map(({ text, finish }) => (finish === 'length' ? null : form.readRubric(text).criteria)),
  )
  const requests = await Promise.all(
    rubrics.map((of, index) =>
      Promise.all(
        of.flatMap((criteria) => {
          const [prompt, shown] = [pairs[index]?.prompt, turned[index]?.shown]
          if (!criteria || !prompt || !shown) return []
          return form.judgeMessages({ prompt, shown, reference: null, criteria }, secret)
        }),
      ),
    ),
  )
  const judgments = await sampler.sample(
    requests.flat().map((messages) => ({
      ...{ messages, role: 'judge', count: 1, maxTokens, temperature: 0, seed },
    })),
    signal,
  )
  const next = judgments.values()
  return rubrics.map((of, index) =>
    of.map((criteria) => {
      if (criteria === null) return { criteria, right: null }
      const [judgment] = next.next().value ?? []
      const named = judgment ? namedBy(form, judgment) : null
      return { criteria, right: named === null ? null : named === turned[index]?.winner }
    }),
  )
}

function rewardOf({ criteria, right }: Judged): number | null {
  if (criteria === null) return 0
  return right === null ? null : Number(right)
}
