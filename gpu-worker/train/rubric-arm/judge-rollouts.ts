import { transcript } from '../../../shared/model/transcript.ts'
import type { Criterion } from '../../../shared/protocol/rubric.ts'
import type { LabelledPair } from '../../../shared/protocol/training/rubric-arm.ts'
import { derivedSeed } from '../../../shared/statistics/derived-seed.ts'
import { meanOrNull } from '../../../shared/statistics/moments.ts'
import type { Sample } from '../sampler.ts'
import { type Arm, namedBy, type Rolled, share, turnedInTurn, variance } from './arm.ts'

export type JudgeTask = { pair: LabelledPair; criteria: Criterion[] }

/**
 * Groups of judgments, each of one pair by one rubric, the better responses first and second in turn; R_acc + R_fmt
 * (systems.md 1.2). What is malformed is the judge's action and earns 0 for what it lacks. `within_rubric` is the mean over
 * groups of the variance of being right, p(1 - p) of equation 17 without its factor, p being the chance that a judgment by
 * the rubric is: estimated without bias by G / (G - 1) times that of the share of G judgments.
 */
export async function rollOutJudge(
  { sampler, settings, form, secret }: Arm,
  tasks: readonly JudgeTask[],
  seed: number,
  signal: AbortSignal,
): Promise<Rolled> {
  const { group_size: count, max_new_tokens: maxTokens, temperature } = settings.judge
  const started = performance.now()
  const asked = await Promise.all(
    tasks.map(async ({ pair, criteria }, index) => {
      const turned = turnedInTurn(seed, index, pair)
      const { shown } = turned
      const task = { prompt: pair.prompt, shown, reference: null, criteria }
      return { ...turned, messages: await form.judgeMessages(task, secret) }
    }),
  )
  const requests = asked.map(({ messages }, index) => ({
    ...{ messages, role: 'judge', count, maxTokens, temperature },
    seed: derivedSeed(seed, 2 * index + 1),
  }))
  const drawn = await sampler.sample(requests, signal)
  const rolledOut = performance.now()

  const judged = tasks.map(({ criteria }, index) => {
    const of = drawn[index] ?? []
    const right = of.map((sample) => namedBy(form, sample) === asked[index]?.winner)
    const formed = of.map((sample) => isFormed(sample))
    function isFormed({ text, finish }: Sample): boolean {
      return finish === 'stop' && form.formatReward(text, criteria).reward === 1
    }
    const rewards = right.map(
      (hit, at) => Number(hit) + Number(settings.format_reward && (formed[at] ?? false)),
    )
    return { of, right, formed, rewards }
  })
  const rewards = judged.flatMap((one) => one.rewards)
  const [first] = judged
  return {
    groups: judged.map(({ of, rewards }, index) => ({
      prompt: sampler.prompt(asked[index]?.messages ?? []),
      samples: of,
      rewards,
    })),
    metrics: {
      reward: meanOrNull(rewards),
      accuracy: share(judged.flatMap(({ right }) => right)),
      format: share(judged.flatMap(({ formed }) => formed)),
      within_rubric: meanOrNull(judged.flatMap(({ right }) => variance(right) ?? [])),
      completions: rewards.length,
      completion_tokens: meanOrNull(judged.flatMap(({ of }) => of.map(({ tokens }) => tokens.length))),
    },
    samples: (first?.of ?? []).slice(0, 1).map(({ text }) => ({
      kind: 'judgment' as const,
      prompt: transcript(tasks[0]?.pair.prompt ?? []),
      text,
      reward: first?.rewards[0] ?? null,
    })),
    seconds: { rollout: (rolledOut - started) / 1000, reward: (performance.now() - rolledOut) / 1000 },
  }
}
