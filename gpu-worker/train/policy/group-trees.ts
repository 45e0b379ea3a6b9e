import type { Column, ScoredBranch, TokenTree } from '../token-tree.ts'

/** Completions of one prompt with what each is to be made likelier by. `logprobs` are the engine's. */
export type AdvantagedGroup = {
  prompt: readonly number[]
  completions: readonly { tokens: readonly number[]; logprobs: Float32Array; advantage: number }[]
}

/**
 * Each group as one tree, its prompt once. Weights make the loss a mean over the tokens of each completion, over the
 * completions of each group, and over `count` groups (systems.md 1.2): those that are not among them add nothing to it.
 */
export function groupTrees(groups: readonly AdvantagedGroup[], count: number): TokenTree[] {
  return groups.map(({ prompt, completions }) => ({
    prompt,
    branches: completions.map(({ tokens, logprobs, advantage }) => {
      const weight = 1 / (tokens.length * completions.length * count)
      const columns = {
        weight: new Float32Array(tokens.length).fill(weight),
        advantage: new Float32Array(tokens.length).fill(advantage),
        rollout: logprobs,
      }
      return { tokens, columns }
    }),
  }))
}

/** The same trees, with the log-probabilities of their tokens as a column. */
export function withColumn(
  trees: readonly TokenTree[],
  column: Column,
  scores: readonly (readonly ScoredBranch[])[],
): TokenTree[] {
  return trees.map(({ prompt, branches }, tree) => ({
    prompt,
    branches: branches.map(({ tokens, columns }, branch) => {
      const logprobs = scores[tree]?.[branch]?.logprobs
      if (!logprobs) throw new TypeError('the scores are not of these trees')
      return { tokens, columns: { ...columns, [column]: logprobs } }
    }),
  }))
}
