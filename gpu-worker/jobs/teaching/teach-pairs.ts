import { basename, join } from 'node:path'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type {
  LabelledPair,
  RubricArmSettings,
  TeacherSettings,
} from '../../../shared/protocol/training/rubric-arm.ts'
import { type Taught, teach } from '../../../shared/rubric-arm/contrastive.ts'
import { SERVED_FORMS } from '../../../shared/rubric-arm/forms/forms.ts'
import { consistent } from '../../../shared/rubric-arm/warm-up.ts'
import type { ServiceAddress } from '../../train/judging/service-call.ts'
import type { Lessons } from '../../train/rubric-arm/open-rubric-arm.ts'
import type { TrainingNews, TrainingWishes } from '../training.ts'
import { askedOnce } from './asked-once.ts'
import { ReplyJournal } from './reply-journal.ts'
import { serviceTeacher } from './service-teacher.ts'
import { findTaught, keepTaught, type TaughtFile } from './taught-file.ts'
import { failureSentences, figuresOf, refuseNothing, summaryOf } from './teaching-figures.ts'

export type Teaching = TrainingWishes & {
  /** Of the job: the journal of replies is there, and what came of them. */
  folder: string
  settings: RubricArmSettings
  teacher: TeacherSettings
  service: ServiceAddress | null
  tell(news: TrainingNews): void
}

/** A pair with its line in the data. */
type Placed = LabelledPair & { line: number }

/** Milliseconds between two words on how far the teacher is. */
const TELL_EVERY = 10_000

/**
 * Has the job's teacher write what the pairs lack, filters it, and keeps the data with it as a result of the job.
 * `all` is the whole data, `fit` those of them that are trained on. Each reply is journalled as it comes; once all is
 * done a run that goes on with the job asks nothing. Throws a pause's or a cancellation's reason, `not_configured` where
 * the worker knows no service, and a sentence where the teacher is down or nothing of its words can be learnt.
 */
export async function teachPairs(
  teaching: Teaching,
  all: readonly LabelledPair[],
  fit: readonly LabelledPair[],
): Promise<Lessons> {
  const { folder, tell } = teaching
  const lines = new Map(all.map((pair, line) => [pair, line]))
  const placed = fit.map((pair): Placed => ({ ...pair, line: lines.get(pair) ?? 0 }))
  const file = findTaught(folder) ?? (await write(teaching, all, placed))
  tell({ kind: 'result', path: file.path, name: `${basename(folder)}-taught.jsonl` })
  return { pairs: placed.map((pair) => file.pairs[pair.line] ?? pair), metrics: file.metrics }
}

async function write(
  teaching: Teaching,
  all: readonly LabelledPair[],
  fit: readonly Placed[],
): Promise<TaughtFile> {
  const { folder, settings, teacher, tell } = teaching
  const lacking = fit.filter(({ trajectory }) => trajectory === null)
  const wanted = lacking.slice(0, teacher.pairs ?? lacking.length)
  const journal = new ReplyJournal(join(folder, 'teacher.jsonl'))
  try {
    const taught = await ask(teaching, wanted, journal)
    const kept = consistent(
      verifiable(taught.pairs),
      SERVED_FORMS[settings.form],
      settings.warm_up.consistency,
    )
    const figures = figuresOf(taught, kept.pairs, journal.tokens)
    for (const text of failureSentences(teacher.model, taught.failures)) {
      tell({ kind: 'message', level: 'warn', text })
    }
    preparing(tell, journal, summaryOf(teacher.model, figures))
    refuseNothing(teacher.model, taught, figures)
    const trajectories = new Map(kept.pairs.map(({ line, trajectory }) => [line, trajectory]))
    const pairs = all.map((pair, line) => ({
      ...pair,
      trajectory: trajectories.get(line) ?? pair.trajectory,
    }))
    return keepTaught(folder, pairs, figures)
  } finally {
    journal.close()
  }
}

/** Without rubrics of which every judgment failed: nobody can say whether they are consistent. */
function verifiable(pairs: Taught<Placed>['pairs']): Taught<Placed>['pairs'] {
  const keyOf = ({ prompt, trajectory }: (typeof pairs)[number]) =>
    JSON.stringify([prompt, trajectory.rubric])
  const judged = new Set(pairs.filter(({ trajectory }) => trajectory.text !== null).map(keyOf))
  return pairs.filter((pair) => judged.has(keyOf(pair)))
}

async function ask(
  { folder, settings, teacher, service, tell, pause, cancel }: Teaching,
  wanted: readonly Placed[],
  journal: ReplyJournal,
): Promise<Taught<Placed>> {
  const address = requireService(service)
  const prompts = new Set(wanted.map(({ prompt }) => JSON.stringify(prompt))).size
  const before = journal.size === 0 ? '' : ` ${journal.size} replies of an earlier run are kept.`
  const what = `${wanted.length} pairs of ${prompts} prompts`
  preparing(tell, journal, `The teacher '${teacher.model}' is asked about ${what}.${before}`)
  let told = performance.now()
  const heard = () => {
    if (performance.now() - told < TELL_EVERY) return
    told = performance.now()
    const { prompt, completion } = journal.tokens
    const text = `The teacher has answered ${journal.size} times, with ${prompt} prompt and ${completion} completion tokens.`
    preparing(tell, journal, text)
  }
  const stop = new AbortController()
  const once = (name: string) =>
    askedOnce(serviceTeacher(address, name, cancel), { name, journal, stop, heard })
  const rubrics = once(teacher.model)
  return teach(wanted, {
    rubrics,
    judge: teacher.judge === null ? rubrics : once(teacher.judge),
    form: settings.form,
    // Whoever wrote the texts can't know the job's id, and a run that goes on with it has the same.
    secret: `teaching ${basename(folder)}`,
    maxTokens: teacher.max_tokens,
    concurrency: teacher.max_concurrent,
    signal: AbortSignal.any([pause, cancel, stop.signal]),
  })
}

function preparing(tell: Teaching['tell'], { fresh }: ReplyJournal, text: string): void {
  tell({ kind: 'preparing', phase: 'teaching', made: fresh, text })
}

function requireService(service: ServiceAddress | null): ServiceAddress {
  if (service) return service
  throw new PlumblineError(
    'not_configured',
    'warm_up.teacher names a model of a service, but the worker has no PLUMBLINE_URL: set it where the worker starts.',
    { param: 'warm_up.teacher' },
  )
}
