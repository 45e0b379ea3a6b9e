import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { type FileObject, fileObject } from '../../shared/protocol/files.ts'
import {
  type FineTuningJob,
  fineTuningJob,
  type JobCheckpoint,
  type JobEvent,
  jobCheckpoint,
  jobEvent,
} from '../../shared/protocol/fine-tuning.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { stepReport } from '../../shared/protocol/training/step-report.ts'
import { toLines, writeWhole } from '../export/write-file.ts'
import { Failure } from '../failure.ts'
import { addStep, type RunRecord, type TrainingStep } from './record.ts'

/** The files of a run's folder. */
const FILES = {
  job: 'job.json',
  metrics: 'metrics.jsonl',
  events: 'events.jsonl',
  report: 'report.html',
  taught: 'taught.jsonl',
}

/** A worker keeps the job alone. */
const about = z.object({
  job: fineTuningJob,
  data: fileObject.nullable().default(null),
  checkpoints: z.array(jobCheckpoint).default([]),
})

/** A folder that a run is written into while it is followed. */
export type RunFolder = {
  readonly report: string
  readonly record: RunRecord
  /** Of the job as it stands. */
  tell(job: FineTuningJob): void
  event(event: JobEvent): void
  /** The data with what a teacher wrote. */
  keepTaught(text: string): void
  /** Once the job is over, or left alone: what the report needs beside the events, and the report. */
  finish(data: FileObject | null, checkpoints: JobCheckpoint[]): Promise<void>
}

/**
 * Begins to write a job down. All of its events are expected anew, so that what the folder had of the same job is
 * replaced; one of another job throws a `Failure`.
 */
export function openRunFolder(path: string, job: FineTuningJob): RunFolder {
  const file = (name: keyof typeof FILES) => join(path, FILES[name])
  explained(path, () => {
    mkdirSync(path, { recursive: true })
    const known = existsSync(file('job')) ? readAbout(file('job'))?.job.id : null
    if (known === undefined || (known === null && existsSync(file('metrics')))) {
      throw new Failure(`'${path}' holds something else: name another --out.`)
    }
    if (known !== null && known !== job.id) {
      throw new Failure(`'${path}' holds the job ${known}: name another --out.`)
    }
    writeFileSync(file('metrics'), '')
    writeFileSync(file('events'), '')
  })
  const steps: TrainingStep[] = []
  const messages: JobEvent[] = []
  let record: RunRecord = { job, data: null, steps, messages, checkpoints: [] }
  const keep = () => {
    const { job, data, checkpoints } = record
    writeWhole(file('job'), `${JSON.stringify({ job, data, checkpoints }, null, 2)}\n`)
  }
  keep()
  return {
    report: file('report'),
    get record() {
      return record
    },
    tell(job) {
      record = { ...record, job }
    },
    event(event) {
      const { data } = event
      explained(path, () => {
        if (data === null) {
          messages.push(event)
          appendFileSync(file('events'), toLines([event]))
        } else if (addStep(steps, data)) writeWhole(file('metrics'), toLines(steps))
        else appendFileSync(file('metrics'), toLines([data]))
      })
    },
    keepTaught: (text) => writeWhole(file('taught'), text),
    async finish(data, checkpoints) {
      record = { ...record, data, checkpoints }
      keep()
      await writeReport(record, file('report'))
    },
  }
}

/** Draws a run into a file. The drawing library takes longer to load than the rest of the command. */
export async function writeReport(record: RunRecord, path: string): Promise<void> {
  const { renderPage } = await import('./report/page.ts')
  writeWhole(path, await renderPage(record))
}

/** The run that a folder holds, ours or a worker's of a job, as far as it is there. Throws a `Failure` where nothing is. */
export function readRunFolder(path: string): RunRecord {
  const metrics = linesOf(join(path, FILES.metrics), stepReport)
  const events = linesOf(join(path, FILES.events), jobEvent)
  if (metrics === null && events === null) {
    throw new Failure(`'${path}' has no ${FILES.metrics}: name the folder that a run was written to.`)
  }
  const steps: TrainingStep[] = []
  for (const step of metrics ?? (events ?? []).flatMap(({ data }) => data ?? [])) addStep(steps, step)
  const known = existsSync(join(path, FILES.job)) ? readAbout(join(path, FILES.job)) : undefined
  return {
    job: known?.job ?? null,
    data: known?.data ?? null,
    checkpoints: known?.checkpoints ?? [],
    steps,
    messages: (events ?? []).filter(({ data }) => data === null),
  }
}

function readAbout(path: string): z.infer<typeof about> | undefined {
  return about.safeParse(jsonOrNull(explained(path, () => readFileSync(path, 'utf8')))).data
}

/** Lines of a file, without those that a killed process left half-written or that are of another kind; null without it. */
function linesOf<T>(path: string, schema: z.ZodType<T>): T[] | null {
  if (!existsSync(path)) return null
  const text = explained(path, () => readFileSync(path, 'utf8'))
  return text.split('\n').flatMap((line) => schema.safeParse(jsonOrNull(line)).data ?? [])
}

function explained<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Failure) throw error
    throw new Failure(`Can't use '${path}' (${error instanceof Error ? error.message : String(error)}).`)
  }
}
