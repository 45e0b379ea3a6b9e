import { setTimeout as sleep } from 'node:timers/promises'
import type * as z from 'zod'
import { withoutSecrets } from '../shared/identity/url-token.ts'
import { type ErrorData, errorBody } from '../shared/protocol/error.ts'
import { jsonOrNull } from '../shared/protocol/parse.ts'
import { Failure } from './failure.ts'

/** Where the service is and the key that is sent to it. */
export type Service = { url: string; key: string | null }

/** Statuses after which the same call may succeed: too many calls, still loading, overloaded, too slow. */
const WORTH_REPEATING = new Set([429, 502, 503, 504])
/** What a connection ends with that was there: a proxy or the service gave it up. */
const BROKEN_OFF = new Set([
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
])
const TRIES = 8
/** Longest wait before a repeat, seconds. */
const LONGEST_WAIT = 60

/** Reads `PLUMBLINE_URL` and `PLUMBLINE_API_KEY`. Throws a `Failure` when the URL is none. */
export function serviceFrom(env: NodeJS.ProcessEnv): Service {
  const url = env.PLUMBLINE_URL || 'http://localhost:8787'
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new Failure(`PLUMBLINE_URL is '${url}': set it to an http or https URL.`)
  }
  return { url: url.replace(/\/+$/, ''), key: env.PLUMBLINE_API_KEY || null }
}

/** The service's refusal of one call. */
export class Refusal extends Failure {
  readonly status: number
  /** Seconds that the service asked to wait. */
  readonly retryAfter: number | null

  constructor(status: number, data: ErrorData, retryAfter: number | null) {
    super(data.message, data)
    this.status = status
    this.retryAfter = retryAfter
  }
}

/** Nothing answered, or not to the end: the service may be back in a moment. */
export class Unreachable extends Failure {}

/** A connection that broke in the middle of a call; the work goes on and the same call finds it done. */
class Dropped extends Unreachable {}

export type PostOptions = {
  signal?: AbortSignal
  /** Told of each refusal that is waited out. */
  onWait?: (why: string, seconds: number) => void
  headers?: Record<string, string>
}

/**
 * Posts JSON and reads the answer by its schema. Waits and repeats, up to eight tries in all, where that may
 * help: `Retry-After` is honoured. Throws a `Refusal` or a `Failure`.
 */
export async function post<T>(
  service: Service,
  path: string,
  body: unknown,
  answer: z.ZodType<T>,
  options: PostOptions = {},
): Promise<T> {
  return call(service, { path, body, headers: options.headers ?? {} }, answer, options)
}

/** Gets what lies at a path; as `post` in everything else. */
export async function get<T>(
  service: Service,
  path: string,
  answer: z.ZodType<T>,
  options: PostOptions = {},
): Promise<T> {
  return call(service, { path }, answer, options)
}

/** Deletes what lies at a path; as `post` in everything else. */
export async function remove<T>(
  service: Service,
  path: string,
  answer: z.ZodType<T>,
  options: PostOptions = {},
): Promise<T> {
  return call(service, { path, method: 'DELETE' }, answer, options)
}

/** Without a method or a body it is a GET; a form is sent as one, all else as JSON. */
type Request = { path: string; method?: 'DELETE'; body?: unknown; headers?: Record<string, string> }

async function call<T>(
  service: Service,
  request: Request,
  answer: z.ZodType<T>,
  { signal, onWait }: PostOptions,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce(service, request, answer, signal)
    } catch (error) {
      if (attempt === TRIES || !isWorthRepeating(error)) throw error
      const asked = error instanceof Refusal ? error.retryAfter : null
      const seconds = Math.min(asked ?? 2 ** (attempt - 1) / 2, LONGEST_WAIT)
      onWait?.(error.message, seconds)
      await sleep(seconds * 1000, undefined, signal ? { signal } : {})
    }
  }
}

function isWorthRepeating(error: unknown): error is Refusal | Dropped {
  if (error instanceof Refusal) {
    return WORTH_REPEATING.has(error.status) && error.data?.code !== 'not_configured'
  }
  return error instanceof Dropped
}

async function callOnce<T>(
  service: Service,
  request: Request,
  answer: z.ZodType<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const response = await send(service, request, signal)
  const value = jsonOrNull(await reading(service, signal, () => response.text()))
  const read = answer.safeParse(value)
  if (response.ok && read.success) return read.data
  throw refusalOf(service, response, value)
}

/** The answer to one call as it comes, to be read bit by bit. Throws a `Refusal` or a `Failure`; repeats nothing. */
export async function openStream(
  service: Service,
  request: Request,
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const response = await send(service, request, signal)
  if (response.ok && response.body) return response.body
  throw refusalOf(service, response, jsonOrNull(await reading(service, signal, () => response.text())))
}

function refusalOf(service: Service, { status, headers }: Response, value: unknown): Failure {
  const refusal = errorBody.safeParse(value)
  if (refusal.success) return new Refusal(status, refusal.data.error, toSeconds(headers.get('retry-after')))
  if (WORTH_REPEATING.has(status))
    return new Dropped(`${withoutSecrets(service.url)} answers ${status} and says no more.`)
  return new Failure(
    `${withoutSecrets(service.url)} does not answer like Plumbline (status ${status}): check PLUMBLINE_URL.`,
  )
}

function send(service: Service, { path, method, body, headers }: Request, signal: AbortSignal | undefined) {
  const form = body instanceof FormData
  return reading(service, signal, () =>
    fetch(`${service.url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers: {
        // of a form, fetch names the boundary
        ...(form ? {} : { 'content-type': 'application/json' }),
        ...(service.key === null ? {} : { authorization: `Bearer ${service.key}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: form ? body : JSON.stringify(body) }),
      signal: signal ?? null,
    }),
  )
}

/** Does a part of a call; throws what the connection says in our words, and an abort as it is. */
export async function reading<T>(
  service: Service,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof Failure ? error : unreachable(withoutSecrets(service.url), error)
  }
}

function unreachable(url: string, error: unknown): Failure {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (code === 'ECONNREFUSED') {
    return new Unreachable(
      `Nothing listens at ${url}: start the service with 'npm start', or set PLUMBLINE_URL.`,
    )
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return new Failure(`There is no host of the name in ${url}: check PLUMBLINE_URL.`)
  }
  if (BROKEN_OFF.has(code)) {
    return new Dropped(`The connection to ${url} broke (${code}): is the service still running?`)
  }
  const why = cause instanceof Error ? cause.message : String(cause)
  return new Failure(`${url} can't be called (${code || why}): check PLUMBLINE_URL.`)
}

/** `Retry-After` in its form of seconds; its form of a date is not used here. */
function toSeconds(header: string | null): number | null {
  return header !== null && /^\d+(\.\d+)?$/.test(header) ? Number(header) : null
}
