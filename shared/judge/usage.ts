import type { Usage } from '../protocol/judgment.ts'

/** What several judgments spent together; from the record only where all of them are. */
export function sumUsage(usages: readonly Usage[]): Usage {
  const sum = (field: Exclude<keyof Usage, 'cache'>) =>
    usages.reduce((total, usage) => total + (usage[field] ?? 0), 0)
  return {
    judge_calls: sum('judge_calls'),
    prompt_tokens: sum('prompt_tokens'),
    completion_tokens: sum('completion_tokens'),
    cached_tokens: sum('cached_tokens'),
    cache: usages.length > 0 && usages.every(({ cache }) => cache === 'hit') ? 'hit' : 'miss',
    cost: usages.some(({ cost }) => cost !== null) ? sum('cost') : null,
  }
}
