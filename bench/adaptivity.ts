import { parseArgs } from 'node:util'
import { post, serviceFrom } from '../cli/client.ts'
import { readPairs } from '../cli/eval/layouts/layouts.ts'
import type { Pair } from '../cli/eval/task.ts'
import { type PairJudgment, pairJudgment } from '../shared/protocol/judgment.ts'
import { mean } from '../shared/statistics/moments.ts'
import { report } from './statistics.ts'

/**
 * `npm run bench:adaptivity -- FILE [--limit N]`, against the service of PLUMBLINE_URL. Two figures show that
 * the rubric and the verdicts follow what is judged: the share of pairs whose clauses differ from the most
 * common set, and how far verdicts move, on the very same rubric, when the responses are replaced by those of
 * another prompt.
 */
const { values, positionals } = parseArgs({
  options: { limit: { type: 'string', default: '20' }, model: { type: 'string' } },
  allowPositionals: true,
})
const [file] = positionals
if (file === undefined) throw new Error('Name a file of pairs: npm run bench:adaptivity -- pairs.jsonl')

const service = serviceFrom(process.env)
const pairs = readPairs(file).slice(0, Number(values.limit))
const model = values.model === undefined ? {} : { model: values.model }
const sets = new Map<string, number>()
const sizes: number[] = []
const moves: number[] = []

for (const [index, pair] of pairs.entries()) {
  const own = await judge(pair.prompt, pair.responses, undefined)
  if (own.rubric === null || own.error !== null) continue
  const clauses = own.rubric.criteria.map(({ id, clause }) => clause ?? id).join(' ')
  sets.set(clauses, (sets.get(clauses) ?? 0) + 1)
  const other = pairs[(index + 1) % pairs.length] ?? pair
  const foreign = await judge(pair.prompt, other.responses, own.rubric.criteria)
  const [before, after] = [verdictsOf(own), verdictsOf(foreign)]
  for (const [key, verdict] of before) {
    sizes.push(Math.abs(verdict))
    const moved = after.get(key)
    if (moved !== undefined) moves.push(Math.abs(moved - verdict))
  }
}

const judged = [...sets.values()].reduce((sum, count) => sum + count, 0)
report({
  name: 'pairs whose clauses differ from the most common set',
  value: 1 - Math.max(...sets.values()) / judged,
  unit: 'share',
})
report({
  name: 'sets of clauses',
  value: sets.size,
  unit: 'sets',
  against: 'pairs judged',
  ratio: sets.size / judged,
})
report({
  name: 'mean move of a verdict under responses to another prompt',
  value: mean(moves),
  unit: 'verdict',
  against: 'mean size of a verdict',
  ratio: mean(moves) / mean(sizes),
})

function judge(
  prompt: Pair['prompt'],
  responses: Pair['responses'],
  criteria: unknown,
): Promise<PairJudgment> {
  const rubric = criteria === undefined ? {} : { rubric: { criteria } }
  return post(service, '/v1/judgments', { prompt, responses, ...rubric, ...model }, pairJudgment)
}

/** Verdicts by order and criterion. */
function verdictsOf({ orders }: PairJudgment): Map<string, number> {
  return new Map(
    orders.flatMap(({ order, vote, criteria }) =>
      criteria.map(({ id, verdict }) => [`${order} ${vote} ${id}`, verdict] as const),
    ),
  )
}
