import * as z from 'zod'

/** Whose fault an error is: the caller's (4xx) or the service's (5xx, 429 where it is full, or a `null` inside a judgment). */
export type ErrorType = 'caller' | 'service'

/**
 * Every error code of the API, with its side and the HTTP status it is answered with.
 * Codes under "inside a judgment" travel in `error` of a 200 answer; their status is used only when a
 * dialect or a proxied call has to fail the whole request.
 */
export const ERROR_CODES = {
  // the caller's
  invalid_json: { type: 'caller', status: 400 },
  invalid_request: { type: 'caller', status: 400 },
  unknown_field: { type: 'caller', status: 400 },
  invalid_text: { type: 'caller', status: 400 },
  text_too_long: { type: 'caller', status: 413 },
  body_too_large: { type: 'caller', status: 413 },
  unsupported_media_type: { type: 'caller', status: 415 },
  unauthorized: { type: 'caller', status: 401 },
  forbidden: { type: 'caller', status: 403 },
  not_found: { type: 'caller', status: 404 },
  method_not_allowed: { type: 'caller', status: 405 },
  model_not_found: { type: 'caller', status: 404 },
  rubric_not_found: { type: 'caller', status: 404 },
  meta_rubric_not_found: { type: 'caller', status: 404 },
  judgment_not_found: { type: 'caller', status: 404 },
  invalid_rubric: { type: 'caller', status: 422 },
  invalid_meta_rubric: { type: 'caller', status: 422 },
  invalid_verifier: { type: 'caller', status: 422 },
  nothing_to_compare: { type: 'caller', status: 422 },
  context_exceeded: { type: 'caller', status: 422 },
  golden_pairs_worsened: { type: 'caller', status: 422 },
  proposal_not_found: { type: 'caller', status: 404 },
  proposal_decided: { type: 'caller', status: 409 },
  proposal_stale: { type: 'caller', status: 409 },
  version_stale: { type: 'caller', status: 409 },
  file_not_found: { type: 'caller', status: 404 },
  run_not_found: { type: 'caller', status: 404 },
  group_not_found: { type: 'caller', status: 404 },
  eval_not_found: { type: 'caller', status: 404 },
  eval_run_not_found: { type: 'caller', status: 404 },
  output_item_not_found: { type: 'caller', status: 404 },
  job_not_found: { type: 'caller', status: 404 },
  job_over: { type: 'caller', status: 409 },
  invalid_training_file: { type: 'caller', status: 400 },
  rate_limited: { type: 'caller', status: 429 },
  // the service's
  internal: { type: 'service', status: 500 },
  not_configured: { type: 'service', status: 503 },
  overloaded: { type: 'service', status: 429 },
  loading: { type: 'service', status: 503 },
  deadline_exceeded: { type: 'service', status: 504 },
  not_scored: { type: 'service', status: 503 },
  not_finite: { type: 'service', status: 500 },
  storage_full: { type: 'service', status: 507 },
  // inside a judgment
  model_unreachable: { type: 'service', status: 503 },
  model_timeout: { type: 'service', status: 504 },
  model_unavailable: { type: 'service', status: 503 },
  model_http_error: { type: 'service', status: 502 },
  reply_not_json: { type: 'service', status: 502 },
  reply_invalid: { type: 'service', status: 502 },
  reply_refused: { type: 'service', status: 502 },
  reply_truncated: { type: 'service', status: 502 },
  reply_too_long: { type: 'service', status: 502 },
  choice_not_observed: { type: 'service', status: 502 },
  no_positive_points: { type: 'caller', status: 422 },
  no_criteria: { type: 'service', status: 502 },
  invalid_item: { type: 'service', status: 502 },
  abstained: { type: 'service', status: 503 },
  verifier_failed: { type: 'service', status: 500 },
} as const satisfies Record<string, { type: ErrorType; status: number }>

export type ErrorCode = keyof typeof ERROR_CODES

/** What is sent in `error`, everywhere. */
export type ErrorData = { code: ErrorCode; message: string; param?: string | undefined; type: ErrorType }

const errorCodes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]

export const errorData = z
  .object({
    code: z.enum(errorCodes),
    message: z.string().describe('One sentence that says what to change.'),
    param: z.string().optional().describe('The path of the offending field.'),
    type: z.enum(['caller', 'service']),
  })
  .meta({ id: 'Error' })

export const errorBody = z.object({ error: errorData }).meta({ id: 'ErrorBody' })

const marker = Symbol.for('plumbline.error')

/**
 * The one error that the house throws on purpose.
 * `transient` says whether trying again may help (a transport failure) or not (a deterministic one).
 */
export class PlumblineError extends Error {
  readonly code: ErrorCode
  readonly param: string | undefined
  readonly transient: boolean
  /** What an answer holds beside the error: what was wrong in full, or what is there instead. */
  readonly beside: Record<string, unknown> | undefined
  readonly [marker] = true

  constructor(
    code: ErrorCode,
    message: string,
    options: {
      param?: string | undefined
      transient?: boolean
      cause?: unknown
      beside?: Record<string, unknown>
    } = {},
  ) {
    super(message, { cause: options.cause })
    this.name = 'PlumblineError'
    this.code = code
    this.param = options.param
    this.transient = options.transient ?? false
    this.beside = options.beside
  }

  /** True for errors of any copy of this class, so that bundles may mix. */
  static isInstance(value: unknown): value is PlumblineError {
    return value instanceof Error && marker in value
  }

  get status(): number {
    return ERROR_CODES[this.code].status
  }

  get data(): ErrorData {
    return {
      code: this.code,
      message: this.message,
      type: ERROR_CODES[this.code].type,
      ...(this.param === undefined ? {} : { param: this.param }),
    }
  }
}
