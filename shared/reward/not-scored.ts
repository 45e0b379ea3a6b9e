import type { ErrorData } from '../protocol/error.ts'

/** The error of a reward whose judgment came out null without one of its own. */
export const notScored = (): ErrorData => ({
  code: 'not_scored',
  type: 'service',
  message: 'The judgment that this reward rests on has no score.',
})
