import type { ScoredBranch, TokenTree } from '../token-tree.ts'
import type { PolicyUpdateSettings } from './policy-update.ts'

/** Means over all tokens of a step, in nats where they are logarithms. */
export type PolicyMeasures = {
  /** From the reference, before the first update (k3, see `Loss`); null where none was asked for. */
  kl: number | null
  entropy: number
  /** Of the last update: tokens that their clip kept from moving. 0 with one update, whose ratios are all 1. */
  clipFraction: number
  /** Between the engine's log-probabilities and the trainer's at the same parameters: mean and largest difference, and the divergence of the trainer from the engine. */
  mismatch: { mean: number; max: number; kl: number }
  /** Tokens whose importance was cut off at the truncation. */
  truncatedShare: number
}

export type Measured = {
  trees: readonly TokenTree[]
  /** Under the parameters before the first update. */
  old: readonly (readonly ScoredBranch[])[]
  reference: readonly (readonly ScoredBranch[])[] | null
  /** Under the parameters before the last update. */
  last: readonly (readonly ScoredBranch[])[]
  settings: PolicyUpdateSettings
}

export function policyMeasures({ trees, old, reference, last, settings }: Measured): PolicyMeasures {
  const sums = {
    tokens: 0,
    kl: 0,
    entropy: 0,
    clipped: 0,
    difference: 0,
    largest: 0,
    divergence: 0,
    truncated: 0,
  }
  trees.forEach(({ branches }, tree) => {
    branches.forEach(({ tokens, columns }, branch) => {
      const own = old[tree]?.[branch]
      for (let at = 0; at < tokens.length; at++) {
        const logprob = own?.logprobs[at] ?? Number.NaN
        const advantage = columns.advantage?.[at] ?? 0
        const difference = logprob - (columns.rollout?.[at] ?? Number.NaN)
        sums.tokens++
        sums.entropy += own?.entropies[at] ?? Number.NaN
        sums.difference += Math.abs(difference)
        sums.largest = Math.max(sums.largest, Math.abs(difference))
        sums.divergence += k3(difference)
        if (Math.exp(difference) > settings.truncation) sums.truncated++
        if (reference) sums.kl += k3((reference[tree]?.[branch]?.logprobs[at] ?? Number.NaN) - logprob)
        const ratio = Math.exp((last[tree]?.[branch]?.logprobs[at] ?? Number.NaN) - logprob)
        if (isClipped(ratio, advantage, settings)) sums.clipped++
      }
    })
  })
  const { tokens } = sums
  return {
    kl: reference ? sums.kl / tokens : null,
    entropy: sums.entropy / tokens,
    clipFraction: sums.clipped / tokens,
    mismatch: { mean: sums.difference / tokens, max: sums.largest, kl: sums.divergence / tokens },
    truncatedShare: sums.truncated / tokens,
  }
}

/** An estimate of KL(p || q) that is never below 0, from `log q - log p` of what p drew (J. Schulman, 2020). */
function k3(difference: number): number {
  return Math.exp(difference) - difference - 1
}

function isClipped(ratio: number, advantage: number, settings: PolicyUpdateSettings): boolean {
  return advantage > 0 ? ratio > 1 + settings.clip_high : advantage < 0 && ratio < 1 - settings.clip_low
}
