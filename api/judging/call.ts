/** Who calls, and how the call is to be treated. */
export type Call = {
  organisation: string
  /** The id of the API key that pays. */
  apiKey: string
  /** Makes a `refresh` or `off` repeatable. */
  idempotencyKey: string | null
  /** The same for all judgments of one call that is to have one rubric, whatever its `cache`. */
  together?: string
  /** The W3C header of the call's span, where it is traced. */
  traceparent?: string
}
