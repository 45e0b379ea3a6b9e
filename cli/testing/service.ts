import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { ErrorCode } from '../../shared/protocol/error.ts'
import {
  type PairJudgment,
  type PairRequest,
  pairJudgment,
  pairRequest,
} from '../../shared/protocol/judgment.ts'
import { metaRubrics } from '../../shared/rubric/meta-rubrics.ts'

/** `drop` closes the connection without an answer. */
export type Reply = { status?: number; headers?: Record<string, string>; body: unknown } | 'drop'

/** What a request said, and the order in which it came, from 1. */
export type Seen = {
  prompt: string
  responses: [string, string]
  model: string | null
  request: PairRequest
  authorization: string | null
  number: number
}

/**
 * A service on a free port that answers like the API, as `answer` says; it checks every request by the schema.
 * `recorded` is what a judgment's id gives.
 */
export async function serve(
  answer: (seen: Seen) => Reply | Promise<Reply>,
  recorded: Record<string, unknown> = {},
) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    if (request.url === '/v1/meta-rubrics') {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ object: 'list', data: await metaRubrics() }))
      return
    }
    const read = request.method === 'GET' ? recorded[(request.url ?? '').replace('/v1/judgments/', '')] : null
    if (read) {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify(read))
      return
    }
    const asked = pairRequest.parse(JSON.parse(await text(request)))
    const { prompt, responses, model = null } = asked
    const authorization = request.headers.authorization ?? null
    const number = seen.length + 1
    const one = { prompt: String(prompt), responses, model, request: asked, authorization, number }
    seen.push(one)
    const reply = await answer(one)
    if (reply === 'drop') {
      request.socket.destroy()
      return
    }
    response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
    response.end(JSON.stringify(reply.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  }
}

/** A judgment in which both orders agree on the response that holds the word "good". */
export function judged({ responses, number }: Seen, change: Partial<PairJudgment> = {}): Reply {
  const towardsFirst = responses[0].includes('good') ? 1.5 : -1.5
  const verdicts = (sign: number) => [
    { id: 'c1', verdict: sign * towardsFirst, confidence: 0.9, evidence: 'a quote', reason: 'a reason' },
  ]
  const judgment: PairJudgment = {
    id: `jdg_${number}`,
    object: 'judgment',
    created: 1,
    protocol: 'openrs',
    model: 'scripted',
    winner: towardsFirst > 0 ? 'first' : 'second',
    score: towardsFirst,
    calibrated: false,
    confidence: 0.9,
    decided_by: 'rubric',
    order_policy: 'strict',
    min_score: 0,
    rubric: {
      id: 'rub_1',
      object: 'rubric',
      meta_rubric: 'general@1',
      criteria: [{ id: 'c1', level: 'core', title: 'Answers the question', clause: 'answers' }],
    },
    orders: [
      { order: 'forward', vote: 0, score: towardsFirst, criteria: verdicts(1) },
      { order: 'backward', vote: 0, score: -towardsFirst, criteria: verdicts(-1) },
    ],
    vote_share: { forward: towardsFirst > 0 ? 1 : 0, backward: towardsFirst > 0 ? 1 : 0 },
    verifiers: [],
    usage: {
      judge_calls: 4,
      prompt_tokens: 100,
      completion_tokens: 10,
      cached_tokens: 50,
      cache: 'miss',
      cost: null,
    },
    error: null,
    ...change,
  }
  return { body: pairJudgment.parse(judgment) }
}

/** An error body of the API. */
export function refused(status: number, code: ErrorCode, message: string, headers = {}): Reply {
  return { status, headers, body: { error: { code, message, type: status < 500 ? 'caller' : 'service' } } }
}

/** The URL of a port that nothing listens on. */
export async function nowhere(): Promise<string> {
  const { url, close } = await serve(() => 'drop')
  await close()
  return url
}
