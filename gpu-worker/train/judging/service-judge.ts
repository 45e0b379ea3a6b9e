import pLimit from 'p-limit'
import * as z from 'zod'
import { errorBody, PlumblineError } from '../../../shared/protocol/error.ts'
import { pairJudgment, pointwiseJudgment } from '../../../shared/protocol/judgment.ts'
import { jsonOrNull } from '../../../shared/protocol/parse.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'

/** A Plumbline service, and what a run needs to reach it. */
export type ServiceAddress = {
  /** Without a path. */
  url: string
  key: string | null
  fetch(url: string, init: RequestInit): Promise<Response>
  /** Before another try, milliseconds. */
  wait(ms: number): Promise<void>
}

/** Milliseconds before the second try of a judgment and the third. */
const WAITS = [1000, 8000]
const TIMEOUT_MS = 10 * 60_000
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
    limit(async () => {
      const body = JSON.stringify(request)
      for (const wait of WAITS) {
        try {
          return await ask(address, body)
        } catch (error) {
          if (!PlumblineError.isInstance(error) || !error.transient) throw error
          await address.wait(wait)
        }
      }
      return ask(address, body)
    })
}

async function ask({ url, key, fetch }: ServiceAddress, body: string) {
  const { status, text } = await reached(url, async () => {
    const response = await fetch(`${url}/v1/judgments`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return { status: response.status, text: await response.text() }
  })
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
    `The judging service at ${url} does not answer like Plumbline (status ${status}): check PLUMBLINE_URL of the worker.`,
    { transient },
  )
}

async function reached<T>(url: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    throw new PlumblineError(
      'model_unreachable',
      `The judging service at ${url} does not answer: start it, or set PLUMBLINE_URL of the worker.`,
      { transient: true, cause },
    )
  }
}
