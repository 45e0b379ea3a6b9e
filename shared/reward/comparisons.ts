import { PlumblineError } from '../protocol/error.ts'
import type { Judgment, PairRequest } from '../protocol/judgment.ts'
import type { Reward, RewardRequest } from '../protocol/reward.ts'
import { takeAnchor } from './anchor.ts'
import { notScored } from './not-scored.ts'
import type { RewardPlan } from './reward-plan.ts'
import { DRAW, type Result, SHAPINGS } from './shaping.ts'

/** A pair to judge, as places in the list of distinct responses. */
type Pair = [number, number]

/**
 * Rewards by comparison: each response with the anchor, N - 1 judgments at most, or every pair of the group,
 * N (N - 1) / 2, the reward then being the mean over all others. Equal responses are compared once, and a
 * response equal to its opponent draws without a judgment.
 */
export async function planComparisons(request: RewardRequest): Promise<RewardPlan> {
  const { responses } = request
  if (request.anchor === 'all') {
    if (responses.length < 2)
      throw nothingToCompare('anchor "all" compares responses with each other: send two or more.')
    const group = distinct(responses)
    const places = group.texts.map((_, place) => place)
    const pairs = places.flatMap((first) => places.slice(first + 1).map((second): Pair => [first, second]))
    return plan(request, group, pairs, (index) => group.placeOf.filter((_, other) => other !== index))
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
  return { ...plan(request, group, pairs, () => [against]), anchor: { index: anchor.index } }
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

/** A plan that judges the pairs, then rewards each response by its mean result against its opponents. */
function plan(
  request: RewardRequest,
  { texts, placeOf }: Group,
  pairs: Pair[],
  opponentsOf: (index: number) => number[],
): RewardPlan {
  const shape = SHAPINGS[request.shaping ?? 'graded']
  const numberOf = new Map(pairs.map(([a, b], number) => [`${a} ${b}`, number]))

  /** The result of a place against another, and the judgment that it comes from. */
  function between(place: number, other: number, judgments: Judgment[]) {
    const straight = numberOf.get(`${place} ${other}`)
    const judgment = judgments[straight ?? numberOf.get(`${other} ${place}`) ?? -1]
    const result = judgment ? resultOf(judgment) : null
    return { judgment, result: result && straight === undefined ? turned(result) : result }
  }

  return {
    requests: pairs.map(([a, b]) => pairRequest(request, [texts[a] ?? '', texts[b] ?? ''])),
    settle: (judgments) =>
      request.responses.map((_, index): Reward => {
        const place = placeOf[index] ?? 0
        const used = new Map<string, Judgment>()
        const results = opponentsOf(index).map((opponent): Result | null => {
          if (opponent === place) return DRAW
          const { judgment, result } = between(place, opponent, judgments)
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
      }),
  }
}

function pairRequest(request: RewardRequest, responses: [string, string]): PairRequest {
  const { protocol: _p, responses: _r, anchor: _a, shaping: _s, run: _run, ...shared } = request
  return { ...shared, responses }
}

function resultOf(judgment: Judgment): Result | null {
  if (judgment.protocol !== 'openrs' || judgment.score === null || judgment.winner === null) return null
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
