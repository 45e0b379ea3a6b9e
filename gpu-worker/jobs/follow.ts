import { isOver } from '../../shared/protocol/fine-tuning.ts'
import type { StepReport } from '../train/method.ts'
import type { HeldJob } from './held-job.ts'
import { noteCheckpoint } from './note-checkpoint.ts'
import type { TrainingNews } from './training.ts'

/** Figures that a step's line shows, the most telling first, and how many of them. */
const SHOWN = ['reward', 'accuracy', 'loss', 'kl', 'gradient_norm']
const MOST_SHOWN = 3

export type FollowParts = {
  now(): number
  /** The folder of adapters. */
  adapters: string
  /** Keeps a file that a job leaves among the files, and gives its id. */
  keepResult(job: HeldJob, path: string, name: string): string
}

/** Writes what a run says into its job and the job's events. What a cancelled run still says is nobody's. */
export function follow(
  job: HeldJob,
  { now, adapters, keepResult }: FollowParts,
): (news: TrainingNews) => void {
  let begun = { step: 0, at: now() }
  let metrics: StepReport['metrics'] = {}
  return (news) => {
    if (isOver(job.state.job.status)) return
    const { progress, trained_tokens } = job.state.job
    switch (news.kind) {
      case 'begun': {
        begun = { step: news.step, at: now() }
        job.progress({
          progress: { ...progress, step: news.step, steps: news.steps },
          estimated_finish: null,
          // Those of steps that are made again are counted once.
          trained_tokens: news.tokens,
        })
        job.say(news.step === 0 ? 'Training begins.' : `Training goes on after step ${news.step}.`)
        return
      }
      case 'step': {
        const { report, steps, tokens } = news
        const at = now()
        metrics = report.metrics
        job.progress({
          progress: { step: report.step, steps, phase: report.phase },
          estimated_finish: finishOf(begun, report.step, steps, at),
          trained_tokens: (trained_tokens ?? 0) + tokens,
        })
        const created_at = Math.floor(at / 1000)
        const message = lineOf(report, steps)
        job.log.append({
          created_at,
          level: 'info',
          message,
          type: 'metrics',
          data: { ...report, samples: [...report.samples], notes: [...(report.notes ?? [])] },
        })
        return
      }
      case 'checkpoint': {
        noteCheckpoint(job, { ...news, metrics: { ...metrics }, at: Math.floor(now() / 1000) }, adapters)
        job.say(`Checkpoint kept at step ${news.step}.`)
        return
      }
      case 'preparing': {
        const { phase, made, text } = news
        job.progress({ progress: { ...progress, phase }, estimated_finish: null, trained_tokens })
        if (made > 0) job.change({}, { starts: 0 })
        job.say(text)
        return
      }
      case 'result':
        return noteResult(job, news, keepResult)
      case 'message':
        job.say(news.text, news.level)
    }
  }
}

/** Lists a file with its job, once. One that can't be kept now lies in the job's folder. */
function noteResult(
  job: HeldJob,
  { path, name }: Extract<TrainingNews, { kind: 'result' }>,
  keepResult: FollowParts['keepResult'],
): void {
  try {
    const id = keepResult(job, path, name)
    const { result_files } = job.state.job
    if (result_files.includes(id)) return
    job.change({ result_files: [...result_files, id] })
    job.say(`${name} is kept as the file ${id}: GET /v1/files/${id}/content.`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    job.say(`${name} is no file of the worker yet: ${why}`, 'warn')
  }
}

/** Unix time, seconds: as if the steps to come took as long as those of this run did. */
function finishOf(begun: { step: number; at: number }, step: number, steps: number | null, at: number) {
  const made = step - begun.step
  if (steps === null || made <= 0) return null
  return Math.ceil((at + ((at - begun.at) / made) * Math.max(0, steps - step)) / 1000)
}

function lineOf({ step, phase, metrics }: StepReport, steps: number | null): string {
  const figures = SHOWN.flatMap((name) => {
    const value = metrics[name]
    return typeof value === 'number' ? `${name} ${Number(value.toPrecision(4))}` : []
  })
  const shown = figures.slice(0, MOST_SHOWN).join(', ')
  return `Step ${step}${steps === null ? '' : ` of ${steps}`} (${phase})${shown === '' ? '' : `: ${shown}`}.`
}
