import type { Winner } from '../../shared/protocol/judgment.ts'
import { type Accuracy, accuracy, type Share, share } from './accuracy.ts'
import type { Pair } from './pairs.ts'
import type { Result } from './result.ts'

/** What an evaluation found. Shares carry their counts, so that nobody has to trust a percentage. */
export type Report = {
  file: string
  n: number
  accuracy: Accuracy
  /** JudgeBench's own score: +1 for each order that is right, -1 if wrong, 0 if even; right when above 0. */
  judgebench: Share
  ties: number
  nulls: Record<string, number>
  order_inconsistency: {
    /** The two orders favour different responses. */
    opposite: Share
    /** As before, or just one of the orders is even. */
    differ: Share
  }
  vetoes: number
  adaptivity: {
    /** Different sets of clauses. */
    sets: number
    /** Pairs whose clauses are not the most common set. */
    unusual: Share
  } | null
  per_pair: {
    judge_calls: number
    prompt_tokens: number
    completion_tokens: number
    cached_tokens: number
    ms: number
  }
  /** Pairs that the service answered from its record. */
  cache_hits: number
  /** The same pairs, decided by length alone. */
  longer_wins: Accuracy
  wall_seconds: number
}

/** Sums up the results of the pairs, in the order of the pairs; `wallSeconds` is this run's. */
export function makeReport(file: string, judged: [Pair, Result][], wallSeconds: number): Report {
  const results = judged.map(([, result]) => result)
  const labelled = results.filter(({ label }) => label !== 'tie')
  const twice = results.flatMap(({ forward, backward }) =>
    forward === null || backward === null ? [] : [[Math.sign(forward), Math.sign(-backward)] as const],
  )
  const average = (of: (result: Result) => number) =>
    results.reduce((sum, result) => sum + of(result), 0) / Math.max(1, results.length)
  return {
    file,
    n: results.length,
    accuracy: accuracy(results.map(({ label, winner }) => ({ label, said: winner }))),
    judgebench: share(labelled.filter(isRightForJudgeBench).length, labelled.length),
    ties: results.filter(({ winner }) => winner === 'tie').length,
    nulls: count(results.flatMap(({ winner, error }) => (winner === null ? [error ?? 'no_error'] : []))),
    order_inconsistency: {
      opposite: share(twice.filter(([a, b]) => a * b < 0).length, twice.length),
      differ: share(twice.filter(([a, b]) => a !== b).length, twice.length),
    },
    vetoes: results.filter(({ vetoed }) => vetoed).length,
    adaptivity: adaptivity(results),
    per_pair: {
      judge_calls: average(({ judge_calls }) => judge_calls),
      prompt_tokens: average(({ prompt_tokens }) => prompt_tokens),
      completion_tokens: average(({ completion_tokens }) => completion_tokens),
      cached_tokens: average(({ cached_tokens }) => cached_tokens),
      ms: average(({ ms }) => ms),
    },
    cache_hits: results.filter(({ hit }) => hit).length,
    longer_wins: accuracy(judged.map(([pair]) => ({ label: pair.label, said: longer(pair) }))),
    wall_seconds: wallSeconds,
  }
}

function isRightForJudgeBench({ label, winner, forward, backward }: Result): boolean {
  // A verifier or the equality of the responses decides without any order.
  if (forward === null && backward === null) return winner === label
  const towardsFirst = Math.sign(forward ?? 0) + Math.sign(-(backward ?? 0))
  return label === 'first' ? towardsFirst > 0 : towardsFirst < 0
}

function adaptivity(results: Result[]): Report['adaptivity'] {
  const sets = results.flatMap(({ clauses }) => (clauses === null ? [] : [clauses.join('\n')]))
  if (sets.length === 0) return null
  const sizes = Object.values(count(sets))
  return { sets: sizes.length, unusual: share(sets.length - Math.max(...sizes), sets.length) }
}

function longer({ responses: [first, second] }: Pair): Winner {
  const difference = [...first].length - [...second].length
  return difference === 0 ? 'tie' : difference > 0 ? 'first' : 'second'
}

function count(names: string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries(counts)
}
