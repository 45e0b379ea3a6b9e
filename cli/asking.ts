import pLimit from 'p-limit'
import * as z from 'zod'
import { sumUsage } from '../shared/judge/usage.ts'
import type { ErrorCode, ErrorData } from '../shared/protocol/error.ts'
import { type PairJudgment, type Usage, usage } from '../shared/protocol/judgment.ts'
import { get, post, Refusal, type Service } from './client.ts'

/** Refusals that say something of one request's texts and nothing of the others. */
const OF_ONE_REQUEST = new Set<ErrorCode>([
  'text_too_long',
  'body_too_large',
  'invalid_text',
  'invalid_verifier',
  'context_exceeded',
  'internal',
  'deadline_exceeded',
  'not_scored',
])

/** A refusal of a text, such as an empty one, is of the request whatever its code. */
function isOfOneRequest({ code, param }: ErrorData): boolean {
  return OF_ONE_REQUEST.has(code) || /^(?:prompt|responses)\b/.test(param ?? '')
}

/** What came back, or the code of the refusal in its place. */
export type Reply<T> = { answer: T; refused: null } | { answer: null; refused: ErrorCode }

/** Posts one of many requests. A refusal that concerns it alone is its reply; any other failure is thrown. */
export async function ask<T>(
  service: Service,
  path: string,
  body: object,
  answer: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Reply<T>> {
  try {
    return { answer: await post(service, path, body, answer, { signal }), refused: null }
  } catch (error) {
    if (!(error instanceof Refusal) || error.data === null || !isOfOneRequest(error.data)) throw error
    return { answer: null, refused: error.data.code }
  }
}

/**
 * Does some work for each item, so many at once, and gives what came of it in their order. The first failure, or the
 * abort, is thrown: then what is under way is aborted and nothing more begun.
 */
export async function doAll<Item, Done>(
  items: readonly Item[],
  { concurrency, signal }: { concurrency: number; signal: AbortSignal },
  work: (item: Item, signal: AbortSignal) => Promise<Done>,
): Promise<Done[]> {
  const limit = pLimit(concurrency)
  const stop = new AbortController()
  const either = AbortSignal.any([signal, stop.signal])
  try {
    return await limit.map(items, async (item) => {
      either.throwIfAborted()
      return work(item, either)
    })
  } finally {
    limit.clearQueue()
    stop.abort()
  }
}

/**
 * What judgments spent when they were made, whoever paid for it then: what came from the record is read again by the
 * ids. `usage` is what the answer said, and stands where nothing came from the record.
 */
export async function spentOn(
  service: Service,
  ids: readonly string[],
  usage: Usage,
  signal: AbortSignal,
): Promise<Usage> {
  if (usage.cache === 'miss' || ids.length === 0) return usage
  try {
    const read = (id: string) => get(service, `/v1/judgments/${id}`, made, { signal })
    return sumUsage((await Promise.all(ids.map(read))).map((judgment) => judgment.usage))
  } catch (error) {
    // a record that is gone tells no more than the answer did
    if (error instanceof Refusal && error.status === 404) return usage
    throw error
  }
}

/** The ids of what a judgment rests on: its own, or those of the stages of a cascade. */
export const idsOf = ({ id, cascade }: Pick<PairJudgment, 'id' | 'cascade'>) =>
  cascade?.map((stage) => stage.id) ?? [id]

const made = z.looseObject({ usage })
