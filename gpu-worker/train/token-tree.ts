/** What a loss is told of each token of a branch. */
export type Column = 'weight' | 'advantage' | 'old' | 'reference' | 'rollout'

/**
 * A text that goes on from a prompt, with what the loss needs of each of its tokens: one number a token and column.
 * `weight` scales the token's loss and has to hold the normalisation over the whole batch; tokens of weight 0 are
 * context alone. Log-probabilities (`old`, `reference`, `rollout`) are natural logarithms at temperature 1.
 */
export type Branch = {
  tokens: readonly number[]
  columns: Readonly<Partial<Record<Column, Float32Array>>>
}

/** Texts with a beginning in common, which is computed once. The prompt has a token at the least. */
export type TokenTree = { prompt: readonly number[]; branches: readonly Branch[] }

/** What a model makes of the tokens of a branch. */
export type ScoredBranch = {
  /** The log-probability of each token after those before it, and the entropy of what it was drawn from, in nats. */
  logprobs: Float32Array
  entropies: Float32Array
}
