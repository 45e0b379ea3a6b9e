import { toMessages } from '../../../shared/protocol/message.ts'
import type { RecordedExample, RecordedSettings } from '../../../shared/protocol/training/recorded.ts'
import { mean, meanOrNull } from '../../../shared/statistics/moments.ts'
import { EpochTraining, type ExampleTraining, thatFit, updatesOf } from '../epochs/epoch-training.ts'
import { policyMetrics, policyNotes } from '../policy/policy-metrics.ts'
import { policyUpdate } from '../policy/policy-update.ts'
import type { Sampler } from '../sampler.ts'
import type { Trainer } from '../trainer.ts'

export type RecordedParts = {
  settings: RecordedSettings
  role: string
  /** Opens the trainer once it is known how many updates there will be. */
  openTrainer: (totalUpdates: number) => Promise<Trainer>
  writing: Pick<Sampler, 'prompt' | 'encode' | 'end'>
  examples: readonly RecordedExample[]
  /** Measured at the end of each epoch. */
  validation?: readonly RecordedExample[]
  /** Milliseconds; the process's clock by default. */
  now?: () => number
}

/** A recorded group as tokens. */
type Group = {
  prompt: number[]
  completions: { tokens: number[]; reward: number | null }[]
}

/**
 * Training on recorded groups, and how many are too long for it. The completions may be another policy's, of which no
 * log-probabilities are known: each step's ratios are to the parameters that it begins with, so that a completion is made
 * likelier by what it earned beside the rest of its group, whoever wrote it. Throws `invalid_request` where every group is
 * too long.
 */
export async function openRecorded(
  parts: RecordedParts,
): Promise<{ method: EpochTraining<Group>; tooLong: number }> {
  const { settings, role, writing, now = performance.now.bind(performance) } = parts
  const read = (examples: readonly RecordedExample[]) =>
    thatFit(
      examples.map((example) => groupOf(example, writing)),
      longest,
      settings.max_tokens,
    )
  const { fit, tooLong } = read(parts.examples)
  const validation = parts.validation?.length ? read(parts.validation).fit : []
  const trainer = await parts.openTrainer(updatesOf(fit.length, settings) * settings.inner_iterations)
  const reference = settings.adapter === null ? null : trainer.state().parameters
  const training = groupTraining(role, trainer, reference, settings)
  return {
    method: new EpochTraining({ role, trainer, settings, examples: fit, validation, training, now }),
    tooLong,
  }
}

function groupOf({ prompt, completions }: RecordedExample, writing: RecordedParts['writing']): Group {
  return {
    prompt: writing.prompt(toMessages(prompt)),
    completions: completions
      .map(({ text, finish, reward }) => ({
        tokens: [...writing.encode(text), ...(finish === 'stop' ? [writing.end] : [])],
        reward,
      }))
      // an empty text that was cut off holds nothing to be made likelier
      .filter(({ tokens }) => tokens.length > 0),
  }
}

const longest = ({ prompt, completions }: Group) =>
  prompt.length + Math.max(0, ...completions.map(({ tokens }) => tokens.length))

function groupTraining(
  role: string,
  trainer: Trainer,
  reference: Float32Array | null,
  settings: RecordedSettings,
): ExampleTraining<Group> {
  return {
    async train(batch, step) {
      const logprobs = await scored(trainer, batch)
      const groups = batch.map(({ prompt, completions }, at) => ({
        prompt,
        rewards: completions.map(({ reward }) => reward),
        samples: completions.map(({ tokens }, branch) => ({
          tokens,
          logprobs: logprobs[at]?.[branch] ?? new Float32Array(tokens.length),
        })),
      }))
      // rolled out by the trainer itself, as far as the update is told: nothing is cut off
      const report = await policyUpdate(trainer, groups, reference, { ...settings, truncation: 1 }, step)
      const rewards = groups.flatMap((group) => group.rewards).filter((reward) => reward !== null)
      return {
        metrics: { reward: meanOrNull(rewards), ...policyMetrics(report) },
        notes: policyNotes(role, report),
      }
    },
    async measure(examples) {
      const logprobs = await scored(trainer, examples)
      const chosen = examples.flatMap(({ completions }, at) => {
        const likely = completions.map((_, branch) => mean([...(logprobs[at]?.[branch] ?? [])]))
        return completions[likely.indexOf(Math.max(...likely))]?.reward ?? []
      })
      return { likeliest_reward: meanOrNull(chosen) }
    },
  }
}

/** The log-probabilities of each completion's tokens under the parameters as they are; none of a group without any. */
async function scored(trainer: Trainer, groups: readonly Group[]): Promise<Float32Array[][]> {
  const trees = groups.flatMap(({ prompt, completions }) =>
    completions.length === 0
      ? []
      : [{ prompt, branches: completions.map(({ tokens }) => ({ tokens, columns: {} })) }],
  )
  const scores = (trees.length === 0 ? [] : await trainer.score(trees)).values()
  return groups.map(({ completions }) => {
    const branches = completions.length === 0 ? [] : (scores.next().value ?? [])
    return branches.map(({ logprobs }) => logprobs)
  })
}
