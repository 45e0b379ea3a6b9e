import { canonicalJson } from '../../identity/canonical-json.ts'
import { hmac } from '../../identity/hash.ts'
import { toMessages } from '../../protocol/message.ts'
import type { RewardRequest } from '../../protocol/reward.ts'

/**
 * A group by its distinct texts, which are what is judged. A place is a text's number in the drawn order, so that
 * whatever goes by place is the same for every order of the list.
 */
export type Group = {
  /** In the drawn order: by HMAC(seed or prompt, run, step, text). */
  texts: string[]
  /** The place of each response of the request. */
  placeOf: number[]
  /** The place of a text that stands apart from the responses; null without one or where a response equals it. */
  apart: number | null
  /** How many of the responses stand at each place. */
  copies: number[]
}

/** Draws the order of a group's texts, `given` among them where there is one. A retry draws the same order. */
export async function drawGroup(request: RewardRequest, given?: string): Promise<Group> {
  const { responses, run, seed } = request
  const secret = seed === undefined ? canonicalJson(toMessages(request.prompt)) : String(seed)
  const distinct = [...new Set(given === undefined ? responses : [...responses, given])]
  const ranked = await Promise.all(
    distinct.map(async (text) => ({
      text,
      rank: await hmac(secret, canonicalJson([run?.id ?? null, run?.step ?? null, text])),
    })),
  )
  const texts = ranked.toSorted((a, b) => (a.rank < b.rank ? -1 : 1)).map(({ text }) => text)
  const places = new Map(texts.map((text, place) => [text, place]))
  const placeOf = responses.map((response) => places.get(response) ?? 0)
  const copies = texts.map((_, place) => placeOf.filter((other) => other === place).length)
  const apart = copies.indexOf(0)
  return { texts, placeOf, copies, apart: apart < 0 ? null : apart }
}
