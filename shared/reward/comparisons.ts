import { PlumblineError } from '../protocol/error.ts'
import type { Judgment, PairRequest } from '../protocol/judgment.ts'
import type { Reward, RewardRequest } from '../protocol/reward.ts'
import { takeAnchor } from './anchor.ts'
import type { RewardContext, Rewarded, RewardMethod } from './method.ts'
import { notScored } from './not-scored.ts'
import { DRAW, type Result, SHAPINGS } from './shaping.ts'

/** A pair to judge, as places in the list of distinct responses. */
type Pair = [number, number]

/**
 * Rewards by comparison: each response with the anchor, N - 1 judgments at most, or every pair of the group,
 * N (N - 1) / 2, the reward then being the mean over all others. Equal responses are compared once, and a
 * response equal to its opponent draws without a judgment.
 */
export const rewardByComparison: RewardMethod = async (request, context) => {
  const { responses } = request
  if (request.anchor === 'all') {
    if (responses.length < 2)
      throw nothingToCompare('anchor "all" compares responses with each other: send two or more.')
    const group = distinct(responses)
    const places = group.texts.map((_, place) => place)
    const pairs = places.flatMap((first) => places.slice(first + 1).map((second): Pair => [first, second]))
    return compare(request, context, group, pairs, (index) =>
      group.placeOf.filter((_, other) => other !== index),
    )
  }
  const anchor = await takeAnchor(request)
  if (anchor.index !== null && responses.length < 2) {
    throw nothingToCompare(
      'One response has nothing to be compared with: send two or more, or anchor {"response": ...}.',
    )
  }
  const group = distinct([...responses, anchor.response])
  const against = group.placeOf[responses.length] ?? 0
  const pairs = group.texts.flatMap((_, place): Pair[] => (place === against ? [] : [[place, against]]))
  const rewarded = await compare(request, context, group, pairs, () => [against])
  return { ...rewarded, anchor: { index: anchor.index } }
}

type Group = {
  texts: string[]
  /** Where each response stands in `texts`. */
  placeOf: number[]
}

/** Texts are long and pairs many: everything after this goes by place. */
function distinct(responses: string[]): Group {
  const places = new Map<string, number>()
  const placeOf = responses.map((response) => {
    const place = places.get(response) ?? places.size
    places.set(response, place)
    return place
  })
  return { texts: [...places.keys()], placeOf }
}

/** Judges the pairs, then rewards each response by its mean result against its opponents. */
async function compare(
  request: RewardRequest,
  { judge }: RewardContext,
  { texts, placeOf }: Group,
  pairs: Pair[],
  opponentsOf: (index: number) => number[],
): Promise<Rewarded> {
  const shape = SHAPINGS[request.shaping ?? 'graded']
  const judgments = await Promise.all(
    pairs.map(([a, b]) => judge(pairRequest(request, [texts[a] ?? '', texts[b] ?? '']))),
  )
  const numberOf = new Map(pairs.map(([a, b], number) => [`${a} ${b}`, number]))

  /** The result of a place against another, and the judgment that it comes from. */
  function between(place: number, other: number) {
    const straight = numberOf.get(`${place} ${other}`)
    const judgment = judgments[straight ?? numberOf.get(`${other} ${place}`) ?? -1]
    const result = judgment ? resultOf(judgment) : null
    return { judgment, result: result && straight === undefined ? turned(result) : result }
  }

  const data = request.responses.map((_, index): Reward => {
    const place = placeOf[index] ?? 0
    const used = new Map<string, Judgment>()
    const results = opponentsOf(index).map((opponent): Result | null => {
      if (opponent === place) return DRAW
      const { judgment, result } = between(place, opponent)
      if (judgment) used.set(judgment.id, judgment)
      return result
    })
    const named = used.size > 0 ? { judgments: [...used.keys()] } : {}
    const known = results.filter((result) => result !== null)
    if (known.length < results.length) {
      const failed = [...used.values()].find(({ error }) => error !== null)
      return { index, reward: null, ...named, error: failed?.error ?? notScored() }
    }
    const reward = known.reduce((sum, result) => sum + shape(result), 0) / known.length
    return { index, reward, ...named }
  })
  return { data }
}

function pairRequest(request: RewardRequest, responses: [string, string]): PairRequest {
  const { protocol, responses: _r, anchor: _a, shaping: _s, run: _run, ...shared } = request
  if (protocol === 'pointwise' || protocol === 'verifier')
    throw new Error(`protocol ${protocol} compares no pairs.`)
  return { ...shared, ...(protocol && { protocol }), responses }
}

function resultOf(judgment: Judgment): Result | null {
  if (judgment.protocol === 'pointwise' || judgment.score === null || judgment.winner === null) return null
  return { score: judgment.score, winner: judgment.winner }
}

function turned({ score, winner }: Result): Result {
  return {
    score: score === 0 ? 0 : -score,
    winner: winner === 'tie' ? 'tie' : winner === 'first' ? 'second' : 'first',
  }
}

const nothingToCompare = (message: string) =>
  new PlumblineError('nothing_to_compare', message, { param: 'responses' })
