import { urlTokenShard } from '../../shared/identity/url-token.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { DeskDeps } from '../platform/desk/desk.ts'
import type { TokenRecords } from '../platform/tokens/port.ts'
import { refuseUnfit, usedUp } from './unfit.ts'

/**
 * Makes judgments only for tokens that still may have one made, and counts each before it is begun: what is found in the
 * record is never counted, and calls at once can't take more than there are.
 */
export function cappedByToken(
  judge: DeskDeps['judge'],
  tokens: TokenRecords,
  now: () => number,
): DeskDeps['judge'] {
  return async (assignment, context) => {
    await takeJudgment(assignment.apiKey, tokens, now())
    return judge(assignment, context)
  }
}

/** Counts a judgment for a token; nothing for an API key. Throws `unauthorized` and `forbidden`. */
export async function takeJudgment(apiKey: string, tokens: TokenRecords, now: number): Promise<void> {
  if (urlTokenShard(apiKey) === null || (await tokens.take(apiKey, now))) return
  const token = await tokens.find(apiKey)
  if (token === null) throw new PlumblineError('unauthorized', 'No such URL token.')
  refuseUnfit(token, now)
  throw usedUp(token.maxJudgments)
}
