import { createHash } from 'node:crypto'
import pLimit from 'p-limit'
import * as z from 'zod'
import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { type PairJudgment, pairJudgment, winner } from '../../shared/protocol/judgment.ts'
import type { Prompt } from '../../shared/protocol/message.ts'
import { rubric } from '../../shared/protocol/rubric.ts'
import { post, Refusal, type Service } from '../client.ts'
import type { Progress } from '../eval/progress.ts'
import type { KeptLines } from '../kept-lines.ts'

/** What an export keeps of a judgment. */
export const judgedLine = z.object({
  key: z.string().describe('Hash of the pair and of what was asked for.'),
  pair: z.string(),
  winner: winner.nullable(),
  decided_by: z.string().nullable(),
  rubric: rubric.nullable(),
  error: z.string().nullable().describe('The message of the error that left no winner or no rubric.'),
  judgment: z.string().nullable(),
})
export type JudgedLine = z.infer<typeof judgedLine>

export type AskedPair = { id: string; prompt: Prompt; responses: [string, string] }

export type Asking = {
  service: Service
  /** The fields that every request carries beside its pair. */
  fields: Record<string, string | number>
  lines: KeptLines<JudgedLine>
  concurrency: number
  retryNulls: boolean
  progress: Progress
  signal: AbortSignal
}

/**
 * Has every pair judged that has no line yet, so many at once, and keeps each as it comes. Throws the first failure
 * that concerns all pairs, or the abort; what was finished stays in the file.
 */
export async function askPairs(pairs: AskedPair[], asking: Asking): Promise<Map<string, JudgedLine>> {
  const { lines, fields, progress } = asking
  const keyed = pairs.map((pair) => ({ pair, key: keyOf(pair, fields) }))
  const open = keyed.filter(({ key }) => {
    const known = lines.known.get(key)
    return known === undefined || (asking.retryNulls && known.error !== null)
  })
  let done = keyed.length - open.length
  progress.start(keyed.length, done)
  const stop = new AbortController()
  const signal = AbortSignal.any([asking.signal, stop.signal])
  const limit = pLimit(asking.concurrency)
  try {
    await limit.map(open, async ({ pair, key }) => {
      signal.throwIfAborted()
      lines.append(await ask(pair, key, asking, signal))
      progress.done(++done)
    })
  } finally {
    limit.clearQueue()
    stop.abort()
    progress.stop()
  }
  return new Map(
    keyed.flatMap(({ pair, key }) => {
      const line = lines.known.get(key)
      return line === undefined ? [] : [[pair.id, line] as const]
    }),
  )
}

async function ask(
  { id, prompt, responses }: AskedPair,
  key: string,
  { service, fields }: Asking,
  signal: AbortSignal,
): Promise<JudgedLine> {
  try {
    const body = { prompt, responses, ...fields }
    const judgment = await post(service, '/v1/judgments', body, pairJudgment, { signal })
    return lineOf(id, key, judgment)
  } catch (error) {
    // a mistake in the options would be everybody's; what is said of one pair's texts is said of it alone
    if (!(error instanceof Refusal) || error.status !== 413) throw error
    const nothing = { winner: null, decided_by: null, rubric: null, judgment: null }
    return { key, pair: id, ...nothing, error: error.message }
  }
}

function lineOf(pair: string, key: string, judgment: PairJudgment): JudgedLine {
  const { winner, decided_by, rubric, error, id } = judgment
  return { key, pair, winner, decided_by, rubric, error: error?.message ?? null, judgment: id }
}

function keyOf({ prompt, responses }: AskedPair, fields: Asking['fields']): string {
  const { cache: _, ...rest } = fields
  return createHash('sha256')
    .update(canonicalJson([prompt, responses, rest]))
    .digest('hex')
    .slice(0, 32)
}
