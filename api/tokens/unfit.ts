import { PlumblineError } from '../../shared/protocol/error.ts'
import type { StoredToken } from '../platform/tokens/port.ts'

/** Throws why a token is refused, if it is: `unauthorized` where it is no longer good, `forbidden` where it is used up. */
export function refuseUnfit({ revoked, expires, maxJudgments, judgments }: StoredToken, now: number): void {
  const another = 'make another with POST /v1/tokens.'
  if (revoked !== null) throw new PlumblineError('unauthorized', `This URL token was revoked: ${another}`)
  if (expires <= now) throw new PlumblineError('unauthorized', `This URL token has expired: ${another}`)
  if (maxJudgments !== null && judgments >= maxJudgments) throw usedUp(maxJudgments)
}

/** The refusal of a token that has made all of its judgments. */
export function usedUp(maxJudgments: number | null): PlumblineError {
  const all = maxJudgments === null ? 'all of its judgments' : `its ${maxJudgments} judgments (max_judgments)`
  return new PlumblineError(
    'forbidden',
    `This URL token has made ${all}: make another with POST /v1/tokens, or one without max_judgments.`,
  )
}
