import type * as z from 'zod'
import type { ErrorCode } from '../../shared/protocol/error.ts'
import { pairJudgment, pointwiseJudgment, type Usage } from '../../shared/protocol/judgment.ts'
import { rewardList } from '../../shared/protocol/reward.ts'
import { verifyList } from '../../shared/protocol/verify.ts'
import { ask, idsOf, spentOn } from '../asking.ts'
import type { Service } from '../client.ts'
import { foundOfPair, type Result, spentOf } from './result.ts'
import type { Task } from './task.ts'

/** The fields that a request carries beside its task. */
export type Fields = Record<string, unknown>

/** Whether a pair's judge is shown the true answer, where the benchmark has one. */
export type AskOptions = { withReference: boolean; withConstraints: boolean; signal: AbortSignal }

/** Asks the service for one task. A refusal of the task is its result; any other failure is thrown. */
export async function askTask(
  service: Service,
  task: Task,
  key: string,
  fields: Fields,
  { withReference, withConstraints, signal }: AskOptions,
): Promise<Result> {
  const started = performance.now()
  const call = <T>(path: string, body: object, answer: z.ZodType<T>) =>
    ask(service, path, { ...body, ...fields }, answer, signal)
  /** What every result has; the time is that of the answer, before the record is asked what it cost. */
  const head = async (error: ErrorCode | null, ids: string[], usage: Usage | null) => {
    const ms = performance.now() - started
    const spent = usage && (await spentOn(service, ids, usage, signal))
    return { id: task.id, key, error, ...spentOf(spent, usage?.cache === 'hit', ms) }
  }
  if (task.kind === 'pair') {
    const { prompt, responses, reference, constraints } = task.pair
    const shown = { ...(withReference && reference !== undefined && { reference }) }
    const checked = { ...(withConstraints && constraints && { constraints }) }
    const body = { prompt, responses, ...shown, ...checked }
    const { answer, refused } = await call('/v1/judgments', body, pairJudgment)
    const error = refused ?? answer.error?.code ?? null
    const common = await head(error, answer === null ? [] : idsOf(answer), answer?.usage ?? null)
    return { ...foundOfPair(task.pair, answer), ...common }
  }
  if (task.kind === 'response') {
    const { prompt, response, rubric } = task
    const body = { protocol: 'pointwise', prompt, responses: [response], ...(rubric && { rubric }) }
    const { answer, refused } = await call('/v1/judgments', body, pointwiseJudgment)
    const { score = null, classes = null, id: judgment = null } = answer ?? {}
    const error = refused ?? answer.error?.code ?? null
    const common = await head(error, judgment === null ? [] : [judgment], answer?.usage ?? null)
    return { task: 'response', score, classes, judgment, ...common }
  }
  if (task.kind === 'group') {
    const { prompt, responses } = task
    const { answer, refused } = await call('/v1/rewards', { prompt, responses, anchor: 'all' }, rewardList)
    const rewards = answer?.data.map(({ reward }) => reward) ?? responses.map(() => null)
    const error = refused ?? answer.data.find((one) => one.error)?.error?.code ?? null
    const ids = new Set(answer?.data.flatMap(({ judgments }) => judgments ?? []))
    return { task: 'group', rewards, ...(await head(error, [...ids], answer?.usage ?? null)) }
  }
  const { prompt, response, verifiers } = task
  const body = { prompt, response, verifiers }
  const { answer, refused } = await ask(service, '/v1/verify', body, verifyList, signal)
  const passed = answer?.data.map((one) => one.passed) ?? verifiers.map(() => null)
  return { task: 'check', passed, ...(await head(refused, [], null)) }
}
