import { scoreClasses, showClasses, tagClasses } from '../../classes/class-scores.ts'
import type { ErrorData } from '../../protocol/error.ts'
import type { PointwiseJudgment, Usage } from '../../protocol/judgment.ts'
import type { PointwiseEvidence } from '../evidence.ts'
import type { Filed } from '../filed.ts'
import { scorePointwise } from './score.ts'

/** Shows what was found about a single response, with a score for each tag of its rubric. */
export function presentResponse(
  { id, created, model }: Omit<Filed, 'evidence'>,
  evidence: PointwiseEvidence,
  usage: Usage,
  failure: ErrorData | null,
): PointwiseJudgment {
  const { scoring, rubric, route, criteria, rating } = evidence
  const held = rubric?.criteria ?? []
  const { score, error } = scorePointwise(evidence, held, failure)
  const byClass = scoring !== 'implicit' && Object.keys(tagClasses(held)).length > 0
  return {
    id,
    object: 'judgment',
    created,
    protocol: 'pointwise',
    model,
    scoring,
    score,
    ...(byClass && { classes: showClasses(scoreClasses(held, criteria, scoring)) }),
    ...(rating && { rating }),
    rubric,
    ...(route && { route }),
    criteria,
    usage,
    error,
  }
}
