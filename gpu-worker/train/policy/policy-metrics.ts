import type { PolicyReport } from './policy-update.ts'

/** What an update of a policy did, by the names that reports and tables know. */
export function policyMetrics({ groups, update }: PolicyReport): Record<string, number | null> {
  const { used, nulls, too_few, no_variance, decided } = groups
  const all = used + too_few + no_variance + decided
  const share = (count: number) => (all === 0 ? null : count / all)
  return {
    groups: all,
    groups_used: share(used),
    groups_too_few: share(too_few),
    groups_no_variance: share(no_variance),
    groups_decided: share(decided),
    null_rewards: nulls,
    updates: update?.applied ?? 0,
    loss: update?.loss ?? null,
    kl: update?.kl ?? null,
    entropy: update?.entropy ?? null,
    clip_fraction: update?.clipFraction ?? null,
    gradient_norm: update?.gradientNorm ?? null,
    learning_rate: update?.learningRate ?? null,
    mismatch: update?.mismatch.mean ?? null,
    mismatch_max: update?.mismatch.max ?? null,
    mismatch_kl: update?.mismatch.kl ?? null,
    truncated: update?.truncatedShare ?? null,
    tokens: update?.tokens ?? 0,
    tokens_per_second: update && update.seconds > 0 ? update.tokens / update.seconds : null,
  }
}

/** What whoever follows the run is to know of a step in which no reward moved a role. */
export function policyNotes(role: string, { groups, update }: PolicyReport): string[] {
  if (groups.used > 0) return []
  const why = `No group of the ${role}'s completions differs in reward`
  if (update === null) return [`${why}: it was not updated.`]
  return [`${why}: the update held it to its reference alone.`]
}
