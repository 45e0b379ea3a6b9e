import pLimit from 'p-limit'
import * as z from 'zod'
import { errorBody, PlumblineError } from '../../../shared/protocol/error.ts'
import { pairJudgment, pointwiseJudgment } from '../../../shared/protocol/judgment.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'
import { askAgain, callService, type ServiceAddress } from './service-call.ts'

/** Milliseconds before the second try of a judgment and the third. */
const WAITS = [1000, 8000]
/** Judgments asked for at once. */
const AT_ONCE = 8
/** Statuses after which the same call may succeed. */
const WORTH_REPEATING = new Set([429, 502, 503, 504])

const judgment = z.discriminatedUnion('protocol', [pairJudgment, pointwiseJudgment])

/**
 * Has a Plumbline service judge, `POST /v1/judgments`. What may succeed a second time is tried again; then it throws what
 * the service said, `model_unreachable`, or `model_http_error` for what is no answer of a service.
 */
export function serviceJudge(address: ServiceAddress): RewardContext['judge'] {
  const limit = pLimit(AT_ONCE)
  return (request) =>
    limit(() => {
      const body = JSON.stringify(request)
      return askAgain(address, WAITS, () => ask(address, body))
    })
}

async function ask(address: ServiceAddress, body: string) {
  const { status, text } = await callService(address, '/v1/judgments', body)
  const value = jsonOrNull(text)
  const read = judgment.safeParse(value)
  if (status < 300 && read.success) return read.data
  const refused = errorBody.safeParse(value)
  const transient = WORTH_REPEATING.has(status)
  if (refused.success) {
    const { code, message, param } = refused.data.error
    throw new PlumblineError(code, message, { param, transient })
  }
  throw new PlumblineError(
    'model_http_error',
    `The judging service at ${address.url} does not answer like Plumbline (status ${status}): check PLUMBLINE_URL of the worker.`,
    { transient },
  )
}
