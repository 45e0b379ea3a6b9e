import type * as z from 'zod'
import { pairJudgment, pointwiseJudgment } from '../../shared/protocol/judgment.ts'
import { rewardList } from '../../shared/protocol/reward.ts'
import { verifyList } from '../../shared/protocol/verify.ts'
import { ask } from '../asking.ts'
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
  const head = { id: task.id, key }
  const since = () => performance.now() - started
  const call = <T>(path: string, body: object, answer: z.ZodType<T>) =>
    ask(service, path, body, answer, signal)
  if (task.kind === 'pair') {
    const { prompt, responses, reference, constraints } = task.pair
    const shown = { ...(withReference && reference !== undefined && { reference }) }
    const checked = { ...(withConstraints && constraints && { constraints }) }
    const body = { prompt, responses, ...shown, ...checked, ...fields }
    const { answer, refused } = await call('/v1/judgments', body, pairJudgment)
    const error = refused ?? answer?.error?.code ?? null
    return { ...foundOfPair(task.pair, answer), ...head, error, ...spentOf(answer?.usage ?? null, since()) }
  }
  if (task.kind === 'response') {
    const { prompt, response, rubric } = task
    const body = {
      protocol: 'pointwise',
      prompt,
      responses: [response],
      ...(rubric && { rubric }),
      ...fields,
    }
    const { answer, refused } = await call('/v1/judgments', body, pointwiseJudgment)
    const found = {
      score: answer?.score ?? null,
      classes: answer?.classes ?? null,
      judgment: answer?.id ?? null,
    }
    const error = refused ?? answer?.error?.code ?? null
    return { task: 'response', ...head, ...found, error, ...spentOf(answer?.usage ?? null, since()) }
  }
  if (task.kind === 'group') {
    const { prompt, responses } = task
    const body = { prompt, responses, anchor: 'all', ...fields }
    const { answer, refused } = await call('/v1/rewards', body, rewardList)
    const rewards = answer?.data.map(({ reward }) => reward) ?? responses.map(() => null)
    const error = refused ?? answer?.data.find((one) => one.error)?.error?.code ?? null
    return { task: 'group', ...head, rewards, error, ...spentOf(answer?.usage ?? null, since()) }
  }
  const { prompt, response, verifiers } = task
  const { answer, refused } = await call('/v1/verify', { prompt, response, verifiers }, verifyList)
  const passed = answer?.data.map((one) => one.passed) ?? verifiers.map(() => null)
  return { task: 'check', ...head, passed, error: refused, ...spentOf(null, since()) }
}
