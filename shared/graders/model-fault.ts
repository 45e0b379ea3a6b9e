import { type ErrorCode, PlumblineError } from '../protocol/error.ts'
import { GraderFault } from './fault.ts'

/** Replies that came but could not be read as a grade. */
const UNREADABLE: ReadonlySet<ErrorCode> = new Set(['reply_not_json', 'reply_invalid', 'reply_truncated'])
/** Mistakes of whoever wrote the grader, which no grade could tell them of. */
const REFUSED: ReadonlySet<ErrorCode> = new Set(['model_not_found', 'not_configured'])
/** Messages that a judge can't read as a question. */
const UNASKED: ReadonlySet<ErrorCode> = new Set(['invalid_request', 'nothing_to_compare'])

/** What a call to a grading model threw, as the fault of its grader; a model that there is not stays an error. */
export function faultOfModel(error: unknown, spent?: GraderFault['spent']): unknown {
  if (!PlumblineError.isInstance(error) || REFUSED.has(error.code)) return error
  const { code, message } = error
  if (UNASKED.has(code)) return new GraderFault({ other_error: true }, message, { spent })
  if (code === 'reply_refused')
    return new GraderFault({ model_grader_refusal_error: true }, message, { spent })
  if (UNREADABLE.has(code)) return new GraderFault({ model_grader_parse_error: true }, message, { spent })
  const errors = { model_grader_server_error: true, model_grader_server_error_details: message }
  return new GraderFault(errors, message, { cause: error })
}
