import { PlumblineError } from '../protocol/error.ts'
import type { Judgment, PairRequest } from '../protocol/judgment.ts'
import type { Reward, RewardRequest } from '../protocol/reward.ts'
import { takeAnchor } from './anchor.ts'
import { notScored } from './not-scored.ts'
import type { RewardPlan } from './reward-plan.ts'
import { DRAW, type Result, SHAPINGS } from './shaping.ts'

type Pair = [string, string]

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
    const distinct = [...new Set(responses)]
    const pairs = distinct.flatMap((first, at) =>
      distinct.slice(at + 1).map((second): Pair => [first, second]),
    )
    return plan(request, pairs, (index) => responses.filter((_, other) => other !== index))
  }
  const anchor = await takeAnchor(request)
  if (anchor.index !== null && responses.length < 2) {
    throw nothingToCompare(
      'One response has nothing to be compared with: send two or more, or anchor {"response": ...}.',
    )
  }
  const pairs = [...new Set(responses)]
    .filter((response) => response !== anchor.response)
    .map((response): Pair => [response, anchor.response])
  return { ...plan(request, pairs, () => [anchor.response]), anchor: { index: anchor.index } }
}

/** A plan that judges the pairs, then rewards each response by its mean result against its opponents. */
function plan(request: RewardRequest, pairs: Pair[], opponentsOf: (index: number) => string[]): RewardPlan {
  const shape = SHAPINGS[request.shaping ?? 'graded']
  const places = new Map(
    pairs.flatMap(([a, b], at) => [[nameOf(a, b), at] as const, [nameOf(b, a), at] as const]),
  )

  return {
    requests: pairs.map((pair) => pairRequest(request, pair)),
    settle: (judgments) =>
      request.responses.map((response, index): Reward => {
        const used = new Map<string, Judgment>()
        const results = opponentsOf(index).map((opponent): Result | null => {
          if (opponent === response) return DRAW
          const at = places.get(nameOf(response, opponent)) ?? -1
          const judgment = judgments[at]
          if (!judgment) return null
          used.set(judgment.id, judgment)
          const result = resultOf(judgment)
          return result && pairs[at]?.[0] !== response ? turned(result) : result
        })
        const named = used.size > 0 ? { judgments: [...used.keys()] } : {}
        const known = results.filter((result) => result !== null)
        if (known.length < results.length) {
          const failed = [...used.values()].find(({ error }) => error !== null)
          return { index, reward: null, ...named, error: failed?.error ?? notScored() }
        }
        return {
          index,
          reward: known.reduce((sum, result) => sum + shape(result), 0) / known.length,
          ...named,
        }
      }),
  }
}

function pairRequest(request: RewardRequest, responses: Pair): PairRequest {
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

const nameOf = (a: string, b: string) => JSON.stringify([a, b])
const nothingToCompare = (message: string) =>
  new PlumblineError('nothing_to_compare', message, { param: 'responses' })
