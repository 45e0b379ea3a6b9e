import type { Blame, LabelledPair, Trial } from '../measure/pair.ts'

/** Errors and ties that have the same cause, as far as one can tell: the clause to blame, its level and the domain. */
export type Cluster = Blame & {
  outcome: 'wrong' | 'tie'
  domain: string | null
  pairs: LabelledPair[]
  judgments: string[]
}

/**
 * The judgments that are not what their label says, put together by outcome, clause, level and domain; the largest
 * cluster first. Those without a verdict say nothing of the meta-rubric and are left out.
 */
export function clusterErrors(trials: Trial[], pairs: LabelledPair[]): Cluster[] {
  const byId = new Map(pairs.map((pair) => [pair.id, pair]))
  const clusters = new Map<string, Cluster>()
  for (const { pair: id, outcome, blame, judgment } of trials) {
    const pair = byId.get(id)
    if (!pair || (outcome !== 'wrong' && outcome !== 'tie')) continue
    const cause = {
      outcome,
      clause: blame?.clause ?? null,
      level: blame?.level ?? null,
      domain: pair.domain ?? null,
    }
    const key = JSON.stringify(cause)
    const cluster = clusters.get(key) ?? { ...cause, pairs: [], judgments: [] }
    cluster.pairs.push(pair)
    if (judgment !== null) cluster.judgments.push(judgment)
    clusters.set(key, cluster)
  }
  return [...clusters]
    .toSorted(([a, one], [b, other]) => other.pairs.length - one.pairs.length || (a < b ? -1 : 1))
    .map(([, cluster]) => cluster)
}
