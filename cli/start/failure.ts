import { PlumblineError } from '../../shared/protocol/error.ts'
import { Failure } from '../failure.ts'

/** An error of the house is a sentence for people; anything else is a mistake of ours and keeps its trace. */
export function toFailure(error: unknown): never {
  throw PlumblineError.isInstance(error) ? new Failure(error.message) : error
}
