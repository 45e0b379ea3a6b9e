import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localModel } from '../../gpu-worker/server/local-model.ts'
import { workerMemory } from '../../gpu-worker/server/memory.ts'
import { fakeEngine } from '../../gpu-worker/testing/fake-engine.ts'
import { startWorker, type Worker } from '../../gpu-worker/worker.ts'
import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { makeRubric } from '../../shared/identity/id.ts'
import type { Finding } from '../../shared/judge/findings.ts'
import type { Job } from '../../shared/judge/job.ts'
import { judge } from '../../shared/judge/judge.ts'
import { toJob } from '../../shared/judge/request.ts'
import type { CacheMode, JudgmentRequest, PointwiseRequest } from '../../shared/protocol/judgment.ts'
import type { Rubric, RubricInput } from '../../shared/protocol/rubric.ts'
import { metaRubricOf } from '../../shared/rubric/meta-rubrics.ts'
import { callLimit } from './call-limit.ts'
import type { Outbound } from './limited-fetch.ts'
import { findEntry, parseModels } from './model-config.ts'
import { judgeThere, type RemoteJudgeContext } from './remote-judge.ts'

const SECRET = 'hush'

let worker: Worker
beforeEach(async () => {
  worker = await startWorker({ engine: fakeEngine(), port: 0, secret: SECRET })
})
afterEach(() => worker.close())

function entryOf(change: object = {}) {
  const entry = { id: 'local', base_url: `${worker.url}/v1`, model: 'fake-1m', judges: 'there', ...change }
  return findEntry(parseModels({ PLUMBLINE_MODELS: JSON.stringify([entry]) }), undefined)
}

function outbound(fetching: Outbound['fetch'] = (url, init) => fetch(url, init)): RemoteJudgeContext {
  const environment = (name: string) => (name === 'PLUMBLINE_SECRET' ? SECRET : undefined)
  return { fetch: fetching, environment, limit: callLimit(), cache: 'use' }
}

async function jobOf(request: JudgmentRequest, rubric: Rubric | null = null): Promise<Job> {
  const { metaRubric, among } = await metaRubricOf(request.meta_rubric)
  return (await toJob(request, rubric, metaRubric, among)).job
}

/** The same judgment made in this process, with all that was told of it. */
async function judgeHere(job: Job) {
  const told: Finding[] = []
  const report = (finding: Finding) => void told.push(finding)
  const context = { model: localModel(fakeEngine()), secret: SECRET, memory: workerMemory(), report }
  return { evidence: await judge(job, context), told }
}

const pair: JudgmentRequest = { prompt: 'Say something.', responses: ['GOOD one', 'other'] }

const one: PointwiseRequest = { protocol: 'pointwise', prompt: 'Say something.', responses: ['GOOD one'] }
const pointed: RubricInput = {
  criteria: [
    { id: 'right', points: 5, title: 'Says GOOD', tags: ['axis:accuracy'] },
    { id: 'rude', points: -3, title: 'Is rude' },
  ],
}
const leaf = (id: string, weight: number) => ({ id, title: id, weight })
const tree: RubricInput = {
  criteria: [{ ...leaf('top', 2), criteria: [leaf('one', 1), leaf('two', 2)] }, leaf('rest', 1)],
}

/** Both orders are judged at once, and which of them is told of first is chance. */
const inAnyOrder = (findings: Finding[]) =>
  findings.toSorted((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1))

describe('judgeThere', () => {
  it.each<[string, JudgmentRequest]>([
    ['a pair', pair],
    ['a pair the other way round', { prompt: 'Say something.', responses: ['other', 'GOOD one'] }],
    ['a pair with everything', { ...pair, reference: 'GOOD', meta_rubric: 'code', votes: 2, seed: 5 }],
    ['a pair by rubric-arm', { ...pair, protocol: 'rubric-arm', votes: 3 }],
    ['a pair by rubric-arm with a rubric', { ...pair, protocol: 'rubric-arm', rubric: pointed }],
    ['a pair directly', { ...pair, protocol: 'direct' }],
    ['one order of a pair', { ...pair, responses: ['other', 'GOOD one'], orders: 'backward' }],
    ['equal responses', { ...pair, responses: ['same', 'same'] }],
    [
      'a pair that a verifier decides',
      { ...pair, constraints: [{ kind: 'contains', values: ['GOOD'], match: 'all', case_sensitive: true }] },
    ],
    ['a mode that the model lacks', { ...pair, mode: 'single' }],
    ['a single response', { protocol: 'pointwise', prompt: 'Say something.', responses: ['GOOD one'] }],
    ['points', { ...one, rubric: pointed }],
    [
      'points by probability',
      { ...one, rubric: pointed, scoring: 'probability' as const, criteria_per_call: 3 },
    ],
    ['one rating', { ...one, rubric: pointed, scoring: 'implicit' as const }],
    ['faults alone', { ...one, rubric: { criteria: pointed.criteria.slice(1) } }],
    ['a tree', { ...one, rubric: tree }],
    ['a prompt that is routed', { ...pair, meta_rubric: 'auto' }],
  ])('finds for %s what judging here finds', async (_name, request) => {
    const { rubric } = request
    const job = await jobOf(
      request,
      typeof rubric === 'object' ? await makeRubric(rubric.criteria, null) : null,
    )
    const { evidence } = await judgeHere(job)
    expect(await judgeThere(job, entryOf(), outbound())).toEqual(evidence)
  })

  it('has the rubric made anew for refresh and off, and with use taken from what the worker remembers', async () => {
    const job = await jobOf(pair)
    const calls = async (cache: CacheMode) =>
      (await judgeThere(job, entryOf(), { ...outbound(), cache })).spent.judge_calls
    const made = await calls('use')
    const known = await calls('use')
    expect(known).toBeLessThan(made)
    expect([await calls('refresh'), await calls('off'), await calls('use')]).toEqual([made, made, known])
  })

  it('sends all that the outcome depends on, in canonical order', async () => {
    const job = await jobOf({
      ...pair,
      reference: 'GOOD',
      meta_rubric: 'code',
      votes: 3,
      seed: 5,
      mode: 'single',
    })
    const sent: unknown[] = []
    const capture: Outbound['fetch'] = async (_url, { body }) => {
      sent.push(JSON.parse(String(body)))
      return new Response(null, { status: 503 })
    }
    await judgeThere(job, entryOf(), outbound(capture))
    expect(sent).toEqual([
      {
        protocol: 'openrs',
        prompt: job.prompt,
        responses: job.responses,
        meta_rubric: job.meta_rubric,
        reference: 'GOOD',
        constraints: [],
        mode: 'single',
        votes: 3,
        seed: 5,
        orders: 'strict',
        model: 'fake-1m',
        cache: 'use',
        stream: false,
      },
    ])
  })

  it('takes no route that was not to be chosen from', async () => {
    const job = await jobOf({ ...pair, meta_rubric: 'auto' })
    const route = { meta_rubric: 'astrology@1', confidence: 1, ranking: [] }
    const astray = async (...call: Parameters<Outbound['fetch']>) =>
      Response.json({ ...(await (await fetch(...call)).json()), route })
    expect(await judgeThere(job, entryOf(), outbound(astray))).toMatchObject({
      failure: { code: 'reply_invalid', message: expect.stringContaining('astrology@1') },
    })
  })

  it("judges by the caller's rubric", async () => {
    const rubric = await makeRubric([{ id: 'only', level: 'core', title: 'Says GOOD' }], null)
    const job = await jobOf(pair, rubric)
    const evidence = await judgeThere(job, entryOf(), outbound())
    expect(evidence).toEqual((await judgeHere(job)).evidence)
    expect(evidence.rubric).toEqual(rubric)
  })

  it.each<[string, JudgmentRequest]>([
    ['a pair', pair],
    ['a single response', { protocol: 'pointwise', prompt: 'Say something.', responses: ['GOOD'] }],
  ])('tells of the same findings about %s while they are made', async (_name, request) => {
    const job = await jobOf(request)
    const here = await judgeHere(job)
    const told: Finding[] = []
    const report = (finding: Finding) => void told.push(finding)
    expect(await judgeThere(job, entryOf(), { ...outbound(), report })).toEqual(here.evidence)
    expect(inAnyOrder(told)).toEqual(inAnyOrder(here.told))
  })

  it.each<[string, () => Promise<Response>, string, boolean]>([
    ['a lost connection', () => Promise.reject(new TypeError('fetch failed')), 'model_unreachable', true],
    ['a worker that loads', async () => busy('loading', 503), 'loading', true],
    ['a worker that is full', async () => busy('overloaded', 429), 'overloaded', true],
    ['a worker that refuses', async () => busy('meta_rubric_not_found', 404), 'meta_rubric_not_found', false],
    ['a proxy in front', async () => new Response('<html>', { status: 502 }), 'model_unavailable', true],
    ['prose', async () => new Response('All is well.'), 'reply_not_json', false],
    ['something else', async () => Response.json({ object: 'list' }), 'reply_invalid', false],
    ['half a stream', async () => streamed('event: rubric\ndata: {"a"'), 'reply_invalid', false],
    ['a strange event', async () => streamed('event: dance\ndata: {}\n\n'), 'reply_invalid', false],
    [
      'an error in the stream',
      async () =>
        streamed('event: error\ndata: {"code":"overloaded","message":"Full.","type":"service"}\n\n'),
      'overloaded',
      true,
    ],
  ])('makes of %s a failure', async (_name, answer, code, transient) => {
    const evidence = await judgeThere(await jobOf(pair), entryOf(), {
      ...outbound(answer),
      report: () => {},
    })
    expect(evidence).toMatchObject({ orders: [], rubric: null, failure: { code, transient } })
  })

  it('is refused with another secret, and says so', async () => {
    const stranger = { ...outbound(), environment: () => 'another' }
    const { failure } = await judgeThere(await jobOf(pair), entryOf(), stranger)
    expect(failure).toMatchObject({ code: 'model_http_error', transient: false })
  })
})

function busy(code: string, status: number): Response {
  const type = status < 500 ? 'caller' : 'service'
  return Response.json({ error: { code, message: 'Not now.', type } }, { status })
}

function streamed(text: string): Response {
  return new Response(text, { headers: { 'content-type': 'text/event-stream' } })
}
