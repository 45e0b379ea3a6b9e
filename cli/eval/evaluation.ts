import { createHash } from 'node:crypto'
import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { doAll } from '../asking.ts'
import type { Service } from '../client.ts'
import { Failure } from '../failure.ts'
import type { KeptLines } from '../kept-lines.ts'
import { type AskOptions, askTask, type Fields } from './ask.ts'
import type { Progress } from './progress.ts'
import type { Result } from './result.ts'
import type { Task } from './task.ts'

/** A task with what is asked of it and the key that its result has in the file. */
export type Keyed = { task: Task; fields: Fields; key: string }

export type Evaluation = {
  service: Service
  results: KeptLines<Result>
  concurrency: number
  /** Do tasks again whose earlier result is an error. */
  retryNulls: boolean
  /** Ask nothing: every result must be in the file. */
  replay: boolean
  progress: Progress
} & AskOptions

/** The key of a task under certain fields. How the service's record is used is no part of it. */
export function keyed(
  task: Task,
  fields: Fields,
  { withReference, withConstraints }: AskOptions,
  salt?: string,
): Keyed {
  const { cache: _, ...rest } = fields
  const shown = task.kind === 'pair' ? { ...task.pair, annotators: null, authors: null, group: null } : task
  const digest = createHash('sha256')
    .update(
      canonicalJson(JSON.parse(JSON.stringify([shown, rest, withReference, withConstraints, salt ?? null]))),
    )
    .digest('hex')
  return { task, fields, key: digest.slice(0, 32) }
}

/**
 * Does every task that has no result yet, so many at once, and appends each result as it comes. Throws the first
 * failure that concerns all tasks, or the abort; what was finished stays in the file.
 */
export async function evaluate(evaluation: Evaluation, all: Keyed[]): Promise<Result[]> {
  const { results, retryNulls, replay, progress, service } = evaluation
  const open = all.filter(({ key }) => {
    const known = results.known.get(key)
    return known === undefined || (retryNulls && known.error !== null)
  })
  if (replay && open.length > 0) {
    throw new Failure(
      `${open.length} of ${all.length} tasks have no result in the file: leave out --replay to do them, with the options that the others were done with.`,
    )
  }
  let done = all.length - open.length
  progress.start(all.length, done)
  try {
    await doAll(open, evaluation, async ({ task, fields, key }, signal) => {
      results.append(await askTask(service, task, key, fields, { ...evaluation, signal }))
      progress.done(++done)
    })
  } finally {
    progress.stop()
  }
  return all.flatMap(({ key }) => results.known.get(key) ?? [])
}
