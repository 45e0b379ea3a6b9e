/** What an update makes smaller: a sum over the trees of a batch. Which columns each reads is said with it. */
export type Loss =
  /** -weight * log p. */
  | { kind: 'supervised' }
  /**
   * Direct preference optimisation (arXiv 2305.18290, equation 7) of each tree's two branches, the preferred one first:
   * -log sigmoid(beta * margin) times the first branch's first weight; `reference`. `supervised` times the preferred
   * branch's negative log-likelihood a token is added.
   */
  | { kind: 'dpo'; beta: number; supervised: number }
  /**
   * Clipped policy gradient (systems.md 1.2): weight * importance * (-min(r A, clip(r, 1 - low, 1 + high) A) + kl * k3),
   * with r = exp(log p - old), k3 = exp(reference - log p) - (reference - log p) - 1, and the importance of what was
   * rolled out by other arithmetic, min(exp(old - rollout), truncation). Reads `advantage`, `rollout`, with
   * `old: 'given'` the column `old`, and `reference` where kl > 0. With `old: 'current'` the old log-probabilities are those
   * of the very parameters: for the first update after a rollout.
   */
  | {
      kind: 'policy'
      clip: { low: number; high: number }
      kl: number
      truncation: number
      old: 'given' | 'current'
    }
