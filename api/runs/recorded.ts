import type { ErrorData } from '../../shared/protocol/error.ts'
import type { Range } from '../../shared/reward/compare/shaping.ts'
import type { Member, Recorded } from '../../shared/runs/member.ts'
import type { Sample, Scored } from '../dialects/sample.ts'
import { toScored } from '../dialects/score-samples.ts'
import type { ClassScored } from './class-rewards.ts'

export const memberOf = ({ id, response, label }: Sample): Member => ({ id, response, label })

/** What is kept of a sample's reward; null for one without, so that a repeat of the call tries again. */
export function recordedOf({ reward, score, judgments, classes, masked }: ClassScored): Recorded | null {
  return reward === null ? null : { reward, score, judgments, classes, masked }
}

/** What the caller is told of a sample that has its reward. */
export function scoredOf({ reward, score, judgments, classes }: Recorded): Scored {
  const shown = Object.keys(classes).length > 0 ? { classes } : {}
  return { ...{ reward, score, judgments }, error: null, substituted: false, ...shown }
}

/** The same of one without: the caller's own number, if the URL has one, stands in and is never kept. */
export function unscored(error: ErrorData, onError: number | undefined, range: Range): Scored {
  return toScored(onError ?? null, range, [], error)
}
