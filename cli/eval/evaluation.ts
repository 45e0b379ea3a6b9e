import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import type { ErrorCode } from '../../shared/protocol/error.ts'
import { pairJudgment } from '../../shared/protocol/judgment.ts'
import { post, Refusal, type Service } from '../client.ts'
import type { Pair } from './pairs.ts'
import type { Progress } from './progress.ts'
import { type Result, refusedResult, resultOf } from './result.ts'
import type { ResultsFile } from './results-file.ts'

/** Refusals that say something of one pair and nothing of the others. */
const OF_THE_PAIR = new Set<ErrorCode>([
  'text_too_long',
  'body_too_large',
  'invalid_text',
  'context_exceeded',
  'internal',
  'deadline_exceeded',
  'not_scored',
])

export type Evaluation = {
  service: Service
  pairs: Pair[]
  /** The fields that every request carries beside its pair. */
  fields: Record<string, string | number>
  results: ResultsFile
  concurrency: number
  /** Judge pairs again whose earlier result has no winner. */
  retryNulls: boolean
  progress: Progress
  signal: AbortSignal
}

/**
 * Judges every pair that has no result yet, so many at once, and appends each result as it comes.
 * Throws the first failure that concerns all pairs, or the abort; what was finished stays in the file.
 */
export async function evaluate(evaluation: Evaluation): Promise<[Pair, Result][]> {
  const { pairs, fields, results, retryNulls } = evaluation
  const keyed = pairs.map((pair) => ({ pair, key: keyOf(pair, fields) }))
  const open = keyed.filter(({ key }) => {
    const known = results.known.get(key)
    return known === undefined || (retryNulls && known.winner === null)
  })
  let done = keyed.length - open.length
  evaluation.progress.start(keyed.length, done)

  const stop = new AbortController()
  const signal = AbortSignal.any([evaluation.signal, stop.signal])
  const limit = pLimit(evaluation.concurrency)
  try {
    await limit.map(open, async ({ pair, key }) => {
      signal.throwIfAborted()
      results.append(await judgePair(evaluation, pair, key, signal))
      evaluation.progress.done(++done)
    })
  } finally {
    limit.clearQueue()
    stop.abort()
    evaluation.progress.stop()
  }
  return keyed.flatMap(({ pair, key }) => {
    const result = results.known.get(key)
    return result === undefined ? [] : [[pair, result] as [Pair, Result]]
  })
}

async function judgePair(
  { service, fields }: Evaluation,
  pair: Pair,
  key: string,
  signal: AbortSignal,
): Promise<Result> {
  const started = performance.now()
  const body = { prompt: pair.prompt, responses: pair.responses, ...fields }
  try {
    const judgment = await post(service, '/v1/judgments', body, pairJudgment, { signal })
    return resultOf(pair, key, judgment, performance.now() - started)
  } catch (error) {
    if (!(error instanceof Refusal) || error.data === null || !OF_THE_PAIR.has(error.data.code)) throw error
    return refusedResult(pair, key, error.data.code, performance.now() - started)
  }
}

function keyOf({ id, prompt, responses, label }: Pair, fields: Record<string, string | number>): string {
  const { cache: _, ...rest } = fields
  return createHash('sha256')
    .update(canonicalJson([id, prompt, responses, label, rest]))
    .digest('hex')
    .slice(0, 32)
}
