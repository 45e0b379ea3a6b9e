import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { NamedJudge } from '../../../shared/protocol/judge-name.ts'
import type {
  Judgment,
  JudgmentRequest,
  PairJudgment,
  PointwiseJudgment,
} from '../../../shared/protocol/judgment.ts'
import { pairRequest, pointwiseRequest } from '../../../shared/protocol/judgment.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { type RewardList, rewardRequest } from '../../../shared/protocol/reward.ts'
import { isTransient } from '../../../shared/protocol/transient.ts'
import type { Call } from '../../judging/call.ts'
import type { Counter } from '../../judging/counter.ts'
import type { Rewards } from '../../judging/rewards.ts'
import type { PlumblineField } from './put-question.ts'
import type { Question } from './question.ts'
import type { Verdict } from './verdict.ts'

/** What judging needs. */
export type JudgingDeps = { counter: Pick<Counter, 'judge'>; rewards: Rewards }

/** How a question is to be judged. */
export type Judging = {
  judge: NamedJudge
  model: string | undefined
  /** What the caller set. */
  field: PlumblineField
  /** The form of the verdict has no word for a tie, so that the mean of both orders decides. */
  decisive: boolean
}

/**
 * Has a question judged: a pair as a pair, one response by itself, more by comparing each with each. The judge
 * `pointwise` scores every response by itself, and so does `openrs` a single one. Throws `not_scored` where there is no
 * verdict, `nothing_to_compare` where a judge that compares gets one response, and what judgments throw.
 */
export async function judgeQuestion(
  question: Question,
  judging: Judging,
  { counter, rewards }: JudgingDeps,
  call: Call,
): Promise<Verdict> {
  const { judge } = judging
  const { responses } = question
  if (judge === 'pointwise' || (responses.length === 1 && judge === 'openrs')) {
    const requests = responses.map((response) => pointwiseOf(question, judging, response))
    return ofScores(await Promise.all(requests.map((request) => scored(counter, request, call))))
  }
  const [first, second] = responses
  if (first === undefined || second === undefined) {
    const message = `plumbline/${judge} compares responses and was given one: use plumbline/pointwise to have it scored.`
    throw new PlumblineError('nothing_to_compare', message, { param: 'messages' })
  }
  if (responses.length > 2) return ofGroup(await rewards(groupOf(question, judging), call), judge)
  return ofPair(await counter.judge(pairOf(question, judging, [first, second]), call))
}

/** The fields of a request that both the question and the caller's settings give; the settings go first. */
function shared({ prompt, reference, rubric }: Question, { model, field }: Judging) {
  const { prompt: _, response: __, responses: ___, ...settings } = field
  return {
    prompt,
    ...(reference !== null && { reference }),
    ...(rubric !== null && { rubric }),
    ...(model !== undefined && { model }),
    ...settings,
  }
}

function pointwiseOf(question: Question, judging: Judging, response: string): JudgmentRequest {
  const request = { ...shared(question, judging), protocol: 'pointwise', responses: [response] }
  return parseWith(pointwiseRequest, request)
}

function pairOf(question: Question, judging: Judging, responses: [string, string]): JudgmentRequest {
  const orders = judging.decisive ? { orders: 'mean' } : {}
  return parseWith(pairRequest, {
    ...orders,
    ...shared(question, judging),
    protocol: judging.judge,
    responses,
  })
}

function groupOf(question: Question, judging: Judging) {
  const request = {
    ...shared(question, judging),
    protocol: judging.judge,
    responses: question.responses,
    anchor: 'all',
  }
  return parseWith(rewardRequest, request)
}

async function scored(counter: JudgingDeps['counter'], request: JudgmentRequest, call: Call) {
  const judgment = await counter.judge(request, call)
  if (judgment.protocol !== 'pointwise' || judgment.score === null) throw noVerdict(judgment.error)
  return { judgment, score: judgment.score }
}

function ofScores(all: { judgment: PointwiseJudgment; score: number }[]): Verdict {
  const scores = all.map(({ score }) => Math.min(1, Math.max(0, score)))
  const top = Math.max(...all.map(({ score }) => score))
  const leaders = all.filter(({ score }) => score === top)
  const single = all.length === 1
  return {
    protocol: 'pointwise',
    scores,
    best: single || leaders.length > 1 ? null : all.findIndex(({ score }) => score === top),
    score: top,
    confidence: null,
    rubric: all[0]?.judgment.rubric ?? null,
    judgments: all.map(({ judgment }) => judgment.id),
    usage: sumTokens(all.map(({ judgment }) => judgment.usage)),
  }
}

function ofPair(judgment: Judgment): Verdict {
  if (judgment.protocol === 'pointwise') throw new Error('A pair was asked for.')
  const { winner, score, confidence, rubric, id, usage, protocol } = judgment
  if (winner === null || score === null) throw noVerdict(judgment.error)
  const share = Math.min(1, Math.max(0, (score + 2) / 4))
  return {
    protocol,
    scores: [share, 1 - share],
    best: PLACES[winner],
    score,
    confidence,
    rubric,
    judgments: [id],
    usage,
  }
}

const PLACES: { readonly [winner in NonNullable<PairJudgment['winner']>]: number | null } = {
  first: 0,
  second: 1,
  tie: null,
}

function ofGroup({ data, usage }: RewardList, protocol: string): Verdict {
  const rewards = data.map(({ reward, error }) => {
    if (reward === null) throw noVerdict(error ?? null)
    return reward
  })
  const top = Math.max(...rewards)
  const leaders = rewards.filter((reward) => reward === top)
  return {
    protocol,
    scores: rewards.map((reward) => (reward + 1) / 2),
    best: leaders.length > 1 ? null : rewards.indexOf(top),
    score: top,
    confidence: null,
    rubric: null,
    judgments: [...new Set(data.flatMap(({ judgments = [] }) => judgments))],
    usage,
  }
}

function sumTokens(all: Verdict['usage'][]): Verdict['usage'] {
  const sum = (name: keyof Verdict['usage']) => all.reduce((total, usage) => total + usage[name], 0)
  return {
    prompt_tokens: sum('prompt_tokens'),
    completion_tokens: sum('completion_tokens'),
    cached_tokens: sum('cached_tokens'),
  }
}

/** Why there is no verdict, with the code of the judgment's own error, which says whether a repeat may help. */
function noVerdict(error: Judgment['error']): PlumblineError {
  const { code, message } = error ?? { code: 'not_scored' as const, message: 'The judgment has no score.' }
  return new PlumblineError(code, `There is no verdict: ${message}`, { transient: isTransient(code) })
}
