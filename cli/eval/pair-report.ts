import type { Winner } from '../../shared/protocol/judgment.ts'
import { type Accuracy, accuracy, type Share, share } from './accuracy.ts'
import { isRightForJudgeBench } from './official/judgebench.ts'
import type { PairResult } from './result.ts'
import type { Pair } from './task.ts'

/** What the judgments of labelled pairs say. Shares carry their counts, so that nobody has to trust a percentage. */
export type PairReport = {
  accuracy: Accuracy
  /** JudgeBench's own score: +1 for each order that is right, -1 if wrong, 0 if even; right when above 0. */
  judgebench: Share
  ties: number
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
  /** The same pairs, decided by length alone. */
  longer_wins: Accuracy
}

/** Sums up the results of pairs. */
export function reportPairs(judged: [Pair, PairResult][]): PairReport {
  const results = judged.map(([, result]) => result)
  const labelled = results.filter(({ label }) => label !== 'tie')
  const twice = results.flatMap(({ forward, backward }) =>
    forward === null || backward === null ? [] : [[Math.sign(forward), Math.sign(-backward)] as const],
  )
  return {
    accuracy: accuracy(results.map(({ label, winner }) => ({ label, said: winner }))),
    judgebench: share(labelled.filter(isRightForJudgeBench).length, labelled.length),
    ties: results.filter(({ winner }) => winner === 'tie').length,
    order_inconsistency: {
      opposite: share(twice.filter(([a, b]) => a * b < 0).length, twice.length),
      differ: share(twice.filter(([a, b]) => a !== b).length, twice.length),
    },
    vetoes: results.filter(({ vetoed }) => vetoed).length,
    adaptivity: adaptivity(results),
    longer_wins: accuracy(judged.map(([pair]) => ({ label: pair.label, said: longer(pair) }))),
  }
}

function adaptivity(results: PairResult[]): PairReport['adaptivity'] {
  const sets = results.flatMap(({ clauses }) => (clauses === null ? [] : [clauses.join('\n')]))
  if (sets.length === 0) return null
  const sizes = Object.values(countOf(sets))
  return { sets: sizes.length, unusual: share(sets.length - Math.max(...sizes), sets.length) }
}

function longer({ responses: [first, second] }: Pair): Winner {
  const difference = [...first].length - [...second].length
  return difference === 0 ? 'tie' : difference > 0 ? 'first' : 'second'
}

/** How often each name occurs. */
export function countOf(names: string[]): Record<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1)
  return Object.fromEntries(counts)
}
