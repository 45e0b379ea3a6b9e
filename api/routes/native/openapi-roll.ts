import { dialectSettings } from '../../dialects/settings.ts'
import { ROLL } from '../rlhf/roll.ts'
import { rollPoll, rollResult, rollSubmission, rollSubmitted } from '../rlhf/roll-protocol.ts'
import type { Operation, Operations } from './openapi-operation.ts'

const poll: Operation = {
  summary:
    'What a submission came to, as ROLL reads it: the id is in the body, of a GET too, or in the query.',
  tag: 'rlhf',
  query: rollPoll.partial(),
  reply: rollResult,
}

/** The two URLs of ROLL; `describe` is what every dialect says to `GET`. */
export const rollOperations = (describe: Operation): Operations => ({
  '/rlhf/roll/submit': {
    get: describe,
    post: {
      summary: ROLL.client,
      tag: 'rlhf',
      query: dialectSettings,
      body: rollSubmission,
      reply: rollSubmitted,
    },
  },
  '/rlhf/roll/result': { get: poll, post: { ...poll, body: rollPoll } },
})
