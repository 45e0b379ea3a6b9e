import { NOTHING_SPENT } from '../../../shared/judge/evidence.ts'
import { present } from '../../../shared/judge/present.ts'
import { ERROR_CODES, PlumblineError } from '../../../shared/protocol/error.ts'
import type { Judgment, JudgmentRequest } from '../../../shared/protocol/judgment.ts'
import type { RewardContext } from '../../../shared/reward/method.ts'

/** The caller's mistakes that are of one text, and not of how the run was set up. */
const OF_THE_TEXT: ReadonlySet<string> = new Set(['context_exceeded', 'text_too_long', 'body_too_large'])

/**
 * A judge whose failure is a judgment without a winner, which is left out of training and counted: never a tie, never 0.
 * What the run's own settings are to blame for is thrown, since it would fail each time.
 */
export function failingToNull(judge: RewardContext['judge']): RewardContext['judge'] {
  return async (request) => {
    try {
      return await judge(request)
    } catch (error) {
      if (!PlumblineError.isInstance(error)) throw error
      if (ERROR_CODES[error.code].type === 'caller' && !OF_THE_TEXT.has(error.code)) throw error
      return failedJudgment(request, error)
    }
  }
}

function failedJudgment(request: JudgmentRequest, { data, transient }: PlumblineError): Judgment {
  const found = { rubric: null, spent: NOTHING_SPENT, failure: { ...data, transient } }
  const evidence =
    request.protocol === 'pointwise'
      ? {
          ...{ kind: 'pointwise' as const, scoring: request.scoring ?? ('explicit' as const) },
          ...{ ...found, criteria: [], rating: null },
        }
      : {
          ...{ kind: 'pair' as const, protocol: request.protocol ?? ('openrs' as const), identical: false },
          ...{ ...found, orders: [], verifiers: [] },
        }
  return present({ id: 'jdg_failed', created: 0, model: '', evidence }, null, 'miss')
}
