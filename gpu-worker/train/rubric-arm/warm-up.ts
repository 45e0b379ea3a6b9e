import type { Message } from '../../../shared/protocol/message.ts'
import { drawn } from '../examples/draws.ts'
import type { Sampler } from '../sampler.ts'
import type { TokenTree } from '../token-tree.ts'
import type { Trainer, UpdateReport } from '../trainer.ts'

/**
 * One update of supervised warm-up on conversations whose last turn is learnt: the mean over the tokens of the batch. They
 * are drawn by the seed, or without one follow each other as they are.
 */
export async function warmUpStep(
  trainer: Trainer,
  sampler: Pick<Sampler, 'prompt' | 'encode' | 'end'>,
  conversations: readonly Message[][],
  place: { seed: number | null; from: number; count: number },
): Promise<UpdateReport> {
  const { seed, from, count } = place
  const batch = seed === null ? following(conversations, place) : drawn(conversations, { seed, from, count })
  const trees = batch.map((turns) => replyTree(turns, sampler))
  const tokens = trees.reduce((sum, { branches }) => sum + (branches[0]?.tokens.length ?? 0), 0)
  const weighed = trees.map(({ prompt, branches }) => ({
    prompt,
    branches: branches.map(({ tokens: own }) => ({
      tokens: own,
      columns: { weight: new Float32Array(own.length).fill(1 / tokens) },
    })),
  }))
  return trainer.update(weighed, { kind: 'supervised' })
}

/** `count` items from the `from`-th on, from the first again after the last. */
function following<Item>(items: readonly Item[], { from, count }: { from: number; count: number }): Item[] {
  const start = items.length === 0 ? 0 : from % items.length
  const rest = items.slice(start, start + count)
  return rest.length === count || items.length === 0
    ? rest
    : [...rest, ...following(items, { from: 0, count: count - rest.length })]
}

/** A conversation as its prompt and the reply to be learnt, with the token that ends it. */
function replyTree(
  turns: readonly Message[],
  sampler: Pick<Sampler, 'prompt' | 'encode' | 'end'>,
): TokenTree {
  const reply = turns.at(-1)?.content ?? ''
  const tokens = [...sampler.encode(reply), sampler.end]
  return { prompt: sampler.prompt(turns.slice(0, -1)), branches: [{ tokens, columns: {} }] }
}
