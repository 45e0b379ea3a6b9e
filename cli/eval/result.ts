import * as z from 'zod'
import { decidedBy, type PairJudgment, winner } from '../../shared/protocol/judgment.ts'
import type { Rubric } from '../../shared/protocol/rubric.ts'
import type { Pair } from './pairs.ts'

/** What is kept of one judged pair: a line of the results file. */
export const result = z.object({
  pair: z.string(),
  key: z.string().describe('Hash of the pair and of what was asked for; a line of another key is not ours.'),
  label: winner,
  winner: winner.nullable(),
  score: z.number().nullable(),
  decided_by: decidedBy.nullable(),
  error: z.string().nullable().describe('The code of the error that left no winner.'),
  forward: z.number().nullable().describe('Mean over votes; positive favours the first response.'),
  backward: z.number().nullable().describe('Mean over votes; positive favours the second response.'),
  vetoed: z.boolean().describe('In some order a fatal criterion decided.'),
  clauses: z.array(z.string()).nullable().describe('The clauses that the rubric was made from, sorted.'),
  judge_calls: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  cached_tokens: z.int(),
  hit: z.boolean().describe('Answered from the service’s record: what it cost then is not in this line.'),
  ms: z.number().describe('Wall time of the call as the client saw it.'),
  judgment: z.string().nullable(),
})
export type Result = z.infer<typeof result>

/** The result of a pair that was judged, with or without a winner. */
export function resultOf(pair: Pair, key: string, judgment: PairJudgment, ms: number): Result {
  const { usage, orders } = judgment
  return {
    pair: pair.id,
    key,
    label: pair.label,
    winner: judgment.winner,
    score: judgment.score,
    decided_by: judgment.decided_by,
    error: judgment.error?.code ?? null,
    forward: mean(orders.filter(({ order }) => order === 'forward').map(({ score }) => score)),
    backward: mean(orders.filter(({ order }) => order === 'backward').map(({ score }) => score)),
    vetoed: orders.some((order) => isVetoed(order.rubric ?? judgment.rubric, order)),
    clauses: clausesOf(judgment.rubric ?? orders[0]?.rubric ?? null),
    judge_calls: usage.judge_calls,
    prompt_tokens: usage.prompt_tokens,
    completion_tokens: usage.completion_tokens,
    cached_tokens: usage.cached_tokens,
    hit: usage.cache === 'hit',
    ms: Math.round(ms),
    judgment: judgment.id,
  }
}

/** The result of a pair that the service would not judge, such as one too long for the model. */
export function refusedResult(pair: Pair, key: string, code: string, ms: number): Result {
  return {
    pair: pair.id,
    key,
    label: pair.label,
    winner: null,
    score: null,
    decided_by: null,
    error: code,
    forward: null,
    backward: null,
    vetoed: false,
    clauses: null,
    judge_calls: 0,
    prompt_tokens: 0,
    completion_tokens: 0,
    cached_tokens: 0,
    hit: false,
    ms: Math.round(ms),
    judgment: null,
  }
}

/** Fatal verdicts that do not cancel out decide an order (systems.md 3.3). */
function isVetoed(rubric: Rubric | null, order: PairJudgment['orders'][number]): boolean {
  const fatal = new Set(rubric?.criteria.filter(({ level }) => level === 'fatal').map(({ id }) => id))
  return order.criteria.reduce((sum, { id, verdict }) => (fatal.has(id) ? sum + verdict : sum), 0) !== 0
}

function clausesOf(rubric: Rubric | null): string[] | null {
  const clauses = rubric?.criteria.flatMap(({ clause }) => (clause === undefined ? [] : [clause])) ?? []
  return clauses.length === 0 ? null : [...new Set(clauses)].sort()
}

function mean(values: (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}
