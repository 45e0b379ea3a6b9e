import { parseArgs } from 'node:util'
import pLimit from 'p-limit'
import { post, serviceFrom } from '../cli/client.ts'
import { pairJudgment } from '../shared/protocol/judgment.ts'
import { type GoldenPair, goldenSets } from '../shared/rubric/golden-pairs.ts'
import { report } from './statistics.ts'

/**
 * `npm run bench:golden -- [--only NAME] [--model ID]`, against the service of PLUMBLINE_URL: how often it is right
 * on the golden pairs of each layer, judged by that layer, and by how much that beats taking the longer response.
 * Guessing is right on half of them.
 */
const { values } = parseArgs({ options: { only: { type: 'string' }, model: { type: 'string' } } })
const service = serviceFrom(process.env)
const place = pLimit(4)
const sets = goldenSets().filter(({ name }) => values.only === undefined || name === values.only)
const everything: Outcome[] = []

/** 1 right, 0.5 a tie or no winner, 0 wrong; for the judge and for the longer response. */
type Outcome = { judged: number; longer: number; clausePicked: boolean }

for (const { name, pairs } of sets) {
  const outcomes = await Promise.all(pairs.map((pair) => place(() => outcomeOf(name, pair))))
  everything.push(...outcomes)
  sayAccuracy(`golden pairs of ${name}`, outcomes)
}
if (sets.length > 1) sayAccuracy('all golden pairs', everything)

async function outcomeOf(metaRubric: string, pair: GoldenPair): Promise<Outcome> {
  const { prompt, responses, label, clause } = pair
  const body = { prompt, responses, meta_rubric: metaRubric, orders: 'mean', model: values.model }
  const { winner, rubric, error } = await post(service, '/v1/judgments', body, pairJudgment)
  if (error !== null) console.error(`${pair.id}: ${error.message}`)
  const [first, second] = responses
  const longest = first.length === second.length ? null : first.length > second.length ? 'first' : 'second'
  return {
    judged: winner === null || winner === 'tie' ? 0.5 : Number(winner === label),
    longer: longest === null ? 0.5 : Number(longest === label),
    clausePicked: rubric?.criteria.some((criterion) => criterion.clause === clause) ?? false,
  }
}

function sayAccuracy(name: string, outcomes: Outcome[]): void {
  const mean = (of: (outcome: Outcome) => number) =>
    outcomes.reduce((sum, outcome) => sum + of(outcome), 0) / outcomes.length
  const [judged, longer] = [mean((outcome) => outcome.judged), mean((outcome) => outcome.longer)]
  const against = `the longer response is right in ${longer.toFixed(3)} of ${outcomes.length}`
  report({ name: `${name}, right`, value: judged, unit: 'share', against, ratio: judged / longer })
  const picked = mean(({ clausePicked }) => Number(clausePicked))
  report({ name: `${name}, rubric has the clause that separates them`, value: picked, unit: 'share' })
}
