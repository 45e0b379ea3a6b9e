import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { READERS } from '../../../shared/protocol/training/methods.ts'
import { type LabelledPair, labelledLine } from '../../../shared/protocol/training/rubric-arm.ts'
import { keepText } from '../keep.ts'
import { readExamples } from '../read-examples.ts'

const TAUGHT = 'taught.jsonl'
const METRICS = 'taught.json'

const metricsOf = z.record(z.string(), z.number())

/** The whole data of a job, line by line, with what a teacher wrote and the filter left, and what that took. */
export type TaughtFile = { path: string; pairs: LabelledPair[]; metrics: Record<string, number> }

/** What an earlier run left in a job's folder once all was taught; null where it was not. */
export function findTaught(folder: string): TaughtFile | null {
  const path = join(folder, TAUGHT)
  if (!existsSync(path)) return null
  const metrics = metricsOf.parse(JSON.parse(readFileSync(join(folder, METRICS), 'utf8')))
  return { path, pairs: readExamples(READERS.rubric_arm, path), metrics }
}

/** Keeps it for the runs that go on with the job, and as data of other jobs. Throws `storage_full`. */
export function keepTaught(
  folder: string,
  pairs: LabelledPair[],
  metrics: TaughtFile['metrics'],
): TaughtFile {
  const path = join(folder, TAUGHT)
  keepText(join(folder, METRICS), JSON.stringify(metrics))
  keepText(path, pairs.map((pair) => `${JSON.stringify(labelledLine(pair))}\n`).join(''))
  return { path, pairs, metrics }
}
