import * as z from 'zod'
import { decidedBy, type PairJudgment, type Usage, winner } from '../../shared/protocol/judgment.ts'
import type { Rubric } from '../../shared/protocol/rubric.ts'
import { meanOrNull } from '../../shared/statistics/moments.ts'
import type { Pair } from './task.ts'

/** What every line of a results file has. */
const common = {
  id: z.string().describe('Of the task.'),
  key: z.string().describe('Hash of the task and of what was asked for; a line of another key is not ours.'),
  error: z.string().nullable().describe('The code of the error that left no result.'),
  judge_calls: z.int(),
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  cached_tokens: z.int(),
  hit: z
    .boolean()
    .describe('Answered from the service’s record: what it cost is what it cost then, `ms` is of now.'),
  ms: z.number().describe('Wall time of the call as the client saw it.'),
}

const pairResult = z.object({
  task: z.literal('pair'),
  ...common,
  label: winner,
  winner: winner.nullable(),
  score: z.number().nullable(),
  confidence: z.number().nullable(),
  decided_by: decidedBy.nullable(),
  forward: z.number().nullable().describe('Mean over votes; positive favours the first response.'),
  backward: z.number().nullable().describe('Mean over votes; positive favours the second response.'),
  vetoed: z.boolean().describe('In some order a fatal criterion decided.'),
  clauses: z.array(z.string()).nullable().describe('The clauses that the rubric was made from, sorted.'),
  rubric: z.string().nullable(),
  judgment: z.string().nullable(),
})
export type PairResult = z.infer<typeof pairResult>

const responseResult = z.object({
  task: z.literal('response'),
  ...common,
  score: z.number().nullable(),
  classes: z.record(z.string(), z.number().nullable()).nullable(),
  judgment: z.string().nullable(),
})

const groupResult = z.object({
  task: z.literal('group'),
  ...common,
  rewards: z.array(z.number().nullable()),
})

const checkResult = z.object({
  task: z.literal('check'),
  ...common,
  passed: z
    .array(z.boolean().nullable())
    .describe('In the order of the verifiers; null could not be checked.'),
})

/** What is kept of one task: a line of the results file, from which the whole report can be made again. */
export const result = z.discriminatedUnion('task', [pairResult, responseResult, groupResult, checkResult])
export type Result = z.infer<typeof result>

type Common = Pick<Result, keyof typeof common>

/** What a task spent when it was made, and how long its answer took. */
export function spentOf(usage: Usage | null, hit: boolean, ms: number): Omit<Common, 'id' | 'key' | 'error'> {
  return {
    judge_calls: usage?.judge_calls ?? 0,
    prompt_tokens: usage?.prompt_tokens ?? 0,
    completion_tokens: usage?.completion_tokens ?? 0,
    cached_tokens: usage?.cached_tokens ?? 0,
    hit,
    ms: Math.round(ms),
  }
}

/** What a judgment says of a pair, with or without a winner. */
export function foundOfPair(
  { label }: Pair,
  judgment: PairJudgment | null,
): Omit<PairResult, Exclude<keyof typeof common, never>> {
  const orders = judgment?.orders ?? []
  const scores = (which: 'forward' | 'backward') =>
    orders.filter(({ order }) => order === which).map(({ score }) => score)
  return {
    task: 'pair',
    label,
    winner: judgment?.winner ?? null,
    score: judgment?.score ?? null,
    confidence: judgment?.confidence ?? null,
    decided_by: judgment?.decided_by ?? null,
    forward: mean(scores('forward')),
    backward: mean(scores('backward')),
    vetoed: orders.some((order) => isVetoed(order.rubric ?? judgment?.rubric ?? null, order)),
    clauses: clausesOf(judgment?.rubric ?? orders[0]?.rubric ?? null),
    rubric: judgment?.rubric?.id ?? null,
    judgment: judgment?.id ?? null,
  }
}

/** Fatal verdicts that do not cancel out decide an order (systems.md 3.3). */
export function isVetoed(rubric: Rubric | null, order: PairJudgment['orders'][number]): boolean {
  const fatal = new Set(rubric?.criteria.filter(({ level }) => level === 'fatal').map(({ id }) => id))
  return order.criteria.reduce((sum, { id, verdict }) => (fatal.has(id) ? sum + verdict : sum), 0) !== 0
}

function clausesOf(rubric: Rubric | null): string[] | null {
  const clauses = rubric?.criteria.flatMap(({ clause }) => (clause === undefined ? [] : [clause])) ?? []
  return clauses.length === 0 ? null : [...new Set(clauses)].sort()
}

function mean(values: (number | null)[]): number | null {
  return meanOrNull(values.filter((value) => value !== null))
}
