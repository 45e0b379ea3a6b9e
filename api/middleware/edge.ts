import type { Call } from '../judging/call.ts'

/** What middleware puts beside a request for the routes to read. */
export type Edge = {
  Variables: {
    requestId: string
    call: Call
  }
}
