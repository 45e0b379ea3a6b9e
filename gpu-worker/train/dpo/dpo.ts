import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { DpoSettings, Preference } from '../../../shared/protocol/training/dpo.ts'
import { mean } from '../../../shared/statistics/moments.ts'
import { EpochTraining, type ExampleTraining, thatFit, updatesOf } from '../epochs/epoch-training.ts'
import type { Writing } from '../supervised/conversation-texts.ts'
import type { ScoredBranch, TokenTree } from '../token-tree.ts'
import type { Trainer } from '../trainer.ts'

export type DpoParts = {
  settings: DpoSettings
  role: string
  /** Opens the trainer once it is known how many updates there will be. What it begins with is the reference. */
  openTrainer: (totalUpdates: number) => Promise<Trainer>
  writing: Writing
  examples: readonly Preference[]
  /** Measured at the end of each epoch. */
  validation?: readonly Preference[]
  /** Milliseconds; the process's clock by default. */
  now?: () => number
}

/** Tokens of a preference; the preferred reply comes first. */
type Example = { prompt: number[]; replies: readonly [number[], number[]] }

/**
 * Direct preference optimisation (arXiv 2305.18290, equation 7) as a mean over a batch's pairs, and how many pairs are left
 * out: too long for it, or with two replies that are the same, of which none can be preferred. Throws `invalid_request`
 * where every pair is.
 */
export async function openDpo(
  parts: DpoParts,
): Promise<{ method: EpochTraining<Example>; leftOut: { tooLong: number; equal: number } }> {
  const { settings, role, writing, now = performance.now.bind(performance) } = parts
  const read = (preferences: readonly Preference[]) =>
    thatFit(
      preferences.map((one) => exampleOf(one, writing)),
      tokensOf,
      settings.max_tokens,
    )
  const differing = parts.examples.filter(differs)
  const equal = parts.examples.length - differing.length
  if (differing.length === 0) {
    throw new PlumblineError(
      'invalid_request',
      'Both replies are the same in every pair, so that none can be preferred: give pairs of different replies.',
      { param: 'training_file' },
    )
  }
  const { fit, tooLong } = read(differing)
  const heldOut = parts.validation?.filter(differs) ?? []
  const validation = heldOut.length > 0 ? read(heldOut).fit : []
  const trainer = await parts.openTrainer(updatesOf(fit.length, settings))
  const training = preferenceTraining(trainer, trainer.state().parameters, settings)
  return {
    method: new EpochTraining({ role, trainer, settings, examples: fit, validation, training, now }),
    leftOut: { tooLong, equal },
  }
}

const differs = ({ preferred, other }: Preference) => preferred !== other

function exampleOf({ prompt, preferred, other }: Preference, { prompt: ask, encode, end }: Writing): Example {
  return {
    prompt: ask(prompt),
    replies: [
      [...encode(preferred), end],
      [...encode(other), end],
    ],
  }
}

const tokensOf = ({ prompt, replies }: Example) =>
  replies.reduce((sum, reply) => sum + reply.length, prompt.length)

/** Log-probabilities of the reference are computed anew each time: so a resumed run has the very same. */
function preferenceTraining(
  trainer: Trainer,
  reference: Float32Array,
  { beta, supervised }: DpoSettings,
): ExampleTraining<Example> {
  return {
    async train(batch) {
      const plain = batch.map((example) => treeOf(example, batch.length))
      const before = await trainer.score(plain, reference)
      const trees = plain.map((tree, t) => withReference(tree, before[t] ?? []))
      const { loss, scores, gradientNorm, learningRate, tokens } = await trainer.update(trees, {
        kind: 'dpo',
        ...{ beta, supervised },
      })
      const own = { gradient_norm: gradientNorm, learning_rate: learningRate, tokens }
      return { metrics: { loss, ...marginsOf(scores, before, beta), ...own } }
    },
    async measure(examples) {
      const trees = examples.map((example) => treeOf(example, examples.length))
      const before = await trainer.score(trees, reference)
      return marginsOf(await trainer.score(trees), before, beta)
    },
  }
}

function treeOf({ prompt, replies }: Example, count: number): TokenTree {
  const branches = replies.map((tokens) => ({
    tokens,
    columns: { weight: new Float32Array(tokens.length).fill(1 / count) },
  }))
  return { prompt, branches }
}

function withReference({ prompt, branches }: TokenTree, scores: readonly ScoredBranch[]): TokenTree {
  return {
    prompt,
    branches: branches.map(({ tokens, columns }, b) => ({
      tokens,
      columns: { ...columns, reference: scores[b]?.logprobs ?? new Float32Array() },
    })),
  }
}

/** Rewards are beta times the log-ratio to the reference; `accuracy` is the share of pairs whose preferred reply has more. */
function marginsOf(
  scores: readonly (readonly ScoredBranch[])[],
  before: readonly (readonly ScoredBranch[])[],
  beta: number,
) {
  const sum = (branch: ScoredBranch | undefined) =>
    branch?.logprobs.reduce((total, value) => total + value, 0) ?? Number.NaN
  const rewards = scores.map((branches, t) =>
    branches.map((branch, b) => beta * (sum(branch) - sum(before[t]?.[b]))),
  )
  const chosen = rewards.map(([preferred = Number.NaN]) => preferred)
  const rejected = rewards.map(([, other = Number.NaN]) => other)
  const margins = chosen.map((value, i) => value - (rejected[i] ?? Number.NaN))
  return {
    accuracy: mean(margins.map((margin) => Number(margin > 0))),
    margin: mean(margins),
    reward_chosen: mean(chosen),
    reward_rejected: mean(rejected),
  }
}
