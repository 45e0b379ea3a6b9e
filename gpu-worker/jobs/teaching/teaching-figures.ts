import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { LabelledPair, Trajectory } from '../../../shared/protocol/training/rubric-arm.ts'
import type { Failures, Taught } from '../../../shared/rubric-arm/contrastive.ts'

/** What a teaching took and what came of it, by the names of its metrics. */
export type TeachingFigures = {
  /** Rubrics and judgments that were asked for, and those that nobody got. */
  teacher_asked: number
  teacher_failed: number
  /** What was written and not learnt: it can't be read, is wrong, or is not in its form. */
  teacher_filtered: number
  teacher_kept_rubrics: number
  teacher_kept_judgments: number
  teacher_prompt_tokens: number
  teacher_completion_tokens: number
}

type TaughtPairs = readonly (LabelledPair & { trajectory: Trajectory })[]

export function figuresOf(
  { asked, failures }: Taught<LabelledPair>,
  kept: TaughtPairs,
  tokens: { prompt: number; completion: number },
): TeachingFigures {
  const failed = [...failures.values()].reduce((sum, { count }) => sum + count, 0)
  const rubrics = new Set(kept.map(({ prompt, trajectory }) => JSON.stringify([prompt, trajectory.rubric])))
  const judgments = kept.filter(({ trajectory }) => trajectory.text !== null).length
  return {
    teacher_asked: asked,
    teacher_failed: failed,
    teacher_filtered: asked - failed - rubrics.size - judgments,
    teacher_kept_rubrics: rubrics.size,
    teacher_kept_judgments: judgments,
    teacher_prompt_tokens: tokens.prompt,
    teacher_completion_tokens: tokens.completion,
  }
}

/** Why a teacher wrote nothing where it wrote nothing, a sentence for each reason. */
export function failureSentences(name: string, failures: Failures): string[] {
  return Array.from(failures, ([code, { count, message }]) => {
    const times = count === 1 ? 'once' : `${count} times`
    return `The teacher '${name}' failed ${times} (${code}): ${message}`
  })
}

export function summaryOf(name: string, figures: TeachingFigures): string {
  const asked = `The teacher '${name}' was asked ${figures.teacher_asked} times and failed ${figures.teacher_failed} times`
  const tokens = `${figures.teacher_prompt_tokens} prompt and ${figures.teacher_completion_tokens} completion tokens`
  const kept = `${figures.teacher_kept_rubrics} rubrics and ${figures.teacher_kept_judgments} judgments are learnt, ${figures.teacher_filtered} of what it wrote are filtered out`
  return `${asked}, for ${tokens}: ${kept}.`
}

/** Throws where a teacher was asked, and nothing of what it wrote can be learnt. */
export function refuseNothing(name: string, taught: Taught<LabelledPair>, figures: TeachingFigures): void {
  const { teacher_asked, teacher_failed, teacher_kept_rubrics } = figures
  if (teacher_asked === 0 || teacher_kept_rubrics > 0) return
  const [last] = [...taught.failures].reverse()
  if (last && teacher_failed === teacher_asked) {
    const [code, { message }] = last
    throw new PlumblineError(
      code,
      `The teacher '${name}' failed each time: ${message} Mend that and resume the job.`,
    )
  }
  throw new PlumblineError(
    'reply_invalid',
    `Nothing that the teacher '${name}' wrote can be learnt: of ${teacher_asked} replies ${teacher_failed} failed, ${taught.unread} are no rubrics, and by the others its judgments are wrong; name another teacher, or lower warm_up.consistency.`,
  )
}
