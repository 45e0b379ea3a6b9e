import { canonicalJson } from '../identity/canonical-json.ts'
import { hmac } from '../identity/hash.ts'
import { PlumblineError } from '../protocol/error.ts'
import { toMessages } from '../protocol/message.ts'
import type { RewardRequest } from '../protocol/reward.ts'

/** What the others are compared with: its text, and where it stands in the group, or null if it stands apart. */
export type AnchorResponse = { index: number | null; response: string }

/**
 * The anchor of a group. The random one is the distinct response with the least HMAC(seed or prompt, run, step,
 * response), so that the order of the list changes nothing and a retry takes the same one.
 */
export async function takeAnchor(request: RewardRequest): Promise<AnchorResponse> {
  const { anchor = 'random', responses } = request
  if (typeof anchor === 'object' && 'response' in anchor) return { index: null, response: anchor.response }
  if (typeof anchor === 'object') {
    const response = responses[anchor.index]
    if (response !== undefined) return { index: anchor.index, response }
    const message = `anchor.index is ${anchor.index}, but there are ${responses.length} responses: give 0 to ${responses.length - 1}.`
    throw new PlumblineError('invalid_request', message, { param: 'anchor.index' })
  }
  const secret = request.seed === undefined ? canonicalJson(toMessages(request.prompt)) : String(request.seed)
  const ranked = await Promise.all(
    [...new Set(responses)].map(async (response) => ({
      response,
      rank: await hmac(secret, canonicalJson([request.run?.id ?? null, request.run?.step ?? null, response])),
    })),
  )
  const [least] = ranked.toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
  if (!least)
    throw new PlumblineError('nothing_to_compare', 'responses is empty: give at least one.', {
      param: 'responses',
    })
  return { index: responses.indexOf(least.response), response: least.response }
}
