import type { Trace } from '../../shared/telemetry/trace.ts'
import type { Call } from '../judging/call.ts'

/** What middleware puts beside a request for the routes to read. */
export type Edge = {
  Bindings: {
    /** The body of a GET as text, from an entry whose requests have no place for one. */
    bodyOfGet?: () => Promise<string>
  }
  Variables: {
    requestId: string
    call: Call
    /** What its URL began with, `/k/{token}`; null where it did not. */
    urlToken: string | null
    /** The span of the request, where it is traced. */
    trace?: Trace
  }
}
