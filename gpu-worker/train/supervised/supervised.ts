import type { Conversation, SupervisedSettings } from '../../../shared/protocol/training/supervised.ts'
import { EpochTraining, type ExampleTraining, thatFit, updatesOf } from '../epochs/epoch-training.ts'
import type { ScoredBranch, TokenTree } from '../token-tree.ts'
import type { Trainer } from '../trainer.ts'
import { conversationTexts, type LearntText, type Writing } from './conversation-texts.ts'

export type SupervisedParts = {
  settings: SupervisedSettings
  role: string
  /** Opens the trainer once it is known how many updates there will be. */
  openTrainer: (totalUpdates: number) => Promise<Trainer>
  writing: Writing
  examples: readonly Conversation[]
  /** Measured at the end of each epoch. */
  validation?: readonly Conversation[]
  /** Milliseconds; the process's clock by default. */
  now?: () => number
}

/** The texts of a conversation. */
type Example = readonly LearntText[]

/**
 * Supervised training on the assistant's turns of conversations, and how many of those are too long for it: the mean
 * negative log-likelihood of a batch's learnt tokens. Throws `invalid_request` where every conversation is too long.
 */
export async function openSupervised(
  parts: SupervisedParts,
): Promise<{ method: EpochTraining<Example>; tooLong: number }> {
  const { settings, role, writing, now = performance.now.bind(performance) } = parts
  const read = (conversations: readonly Conversation[]) =>
    thatFit(
      conversations.map((one) => conversationTexts(one, writing)),
      longest,
      settings.max_tokens,
    )
  const { fit, tooLong } = read(parts.examples)
  const validation = parts.validation?.length ? read(parts.validation).fit : []
  const trainer = await parts.openTrainer(updatesOf(fit.length, settings))
  const training = likelihoodTraining(trainer)
  return {
    method: new EpochTraining({ role, trainer, settings, examples: fit, validation, training, now }),
    tooLong,
  }
}

const longest = (texts: Example) => Math.max(...texts.map(({ tokens }) => tokens.length))

function likelihoodTraining(trainer: Trainer): ExampleTraining<Example> {
  return {
    async train(batch) {
      const texts = batch.flat()
      const { gradientNorm, learningRate, scores, tokens } = await trainer.update(treesOf(texts), {
        kind: 'supervised',
      })
      const own = { gradient_norm: gradientNorm, learning_rate: learningRate, tokens }
      return { metrics: { ...meansOf(texts, scores), ...own } }
    },
    async measure(examples) {
      const texts = examples.flat()
      const scores = await trainer.score(treesOf(texts))
      return meansOf(texts, scores)
    },
  }
}

/** Each learnt token weighs the same, and all of them together 1. */
function treesOf(texts: readonly LearntText[]): TokenTree[] {
  const count = texts.reduce((sum, { learnt }) => sum + learnt.filter(Boolean).length, 0)
  return texts.map(({ tokens, learnt }) => {
    const start = learnt.indexOf(true)
    const weight = Float32Array.from(learnt.slice(start), (is) => (is ? 1 / count : 0))
    return {
      prompt: tokens.slice(0, start),
      branches: [{ tokens: tokens.slice(start), columns: { weight } }],
    }
  })
}

/** Over all learnt tokens. */
function meansOf(texts: readonly LearntText[], scores: readonly (readonly ScoredBranch[])[]) {
  let [count, loss, entropy] = [0, 0, 0]
  for (const [i, { learnt }] of texts.entries()) {
    const start = learnt.indexOf(true)
    const [branch] = scores[i] ?? []
    for (const [at, is] of learnt.slice(start).entries()) {
      if (!is) continue
      count++
      loss -= branch?.logprobs[at] ?? Number.NaN
      entropy += branch?.entropies[at] ?? Number.NaN
    }
  }
  return { loss: loss / count, entropy: entropy / count }
}
