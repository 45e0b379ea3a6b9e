import { healthbenchAggregate, healthbenchByTag } from '../../../shared/classes/healthbench.ts'
import type { Finding } from '../../finding.ts'
import type { Results } from '../task.ts'

const SEED = 0

/** HealthBench's figures: the mean clipped to [0, 1] with its bootstrap error, and the same of every tag. */
export function healthbenchScores(examples: { id: string; tags: string[] }[], results: Results): Finding[] {
  const graded = examples.map(({ id, tags }) => {
    const result = results(id)
    return result?.task === 'response'
      ? { score: result.score, tags, classes: result.classes ?? {} }
      : { score: null, tags, classes: {} }
  })
  const overall = healthbenchAggregate(
    graded.map(({ score }) => score),
    { seed: SEED },
  )
  const tags = Object.entries(healthbenchByTag(graded, { seed: SEED }))
  return [
    { name: 'overall', value: overall.score, unit: 'share', of: overall.n },
    { name: 'standard error, by bootstrap', value: overall.bootstrap_std, unit: 'number', of: overall.n },
    ...tags
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { score, n }]): Finding => ({ name, value: score, unit: 'share', of: n })),
  ]
}
