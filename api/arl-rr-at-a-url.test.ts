import { expect, test } from 'vitest'
import { type Flags, urlPolicy } from '../shared/runs/testing/url-policy.ts'
import { openTestApp } from './testing/test-app.ts'

const classes = { warm: ['colour'], cold: ['chill'] }
const NAMES = Object.keys(classes)
const VERIFIERS = {
  colour: [{ kind: 'contains', values: ['red'] }],
  chill: [{ kind: 'contains', values: ['blue'] }],
}
const textOf = ({ warm, cold }: Flags) => `${warm ? 'red' : 'grey'} ${cold ? 'blue' : 'black'}`
const BOTH = JSON.stringify({ verifiers: VERIFIERS })

type App = Awaited<ReturnType<typeof openTestApp>>

/** Trains the synthetic policy by the run's URL as a trainer does that sends a whole step in one body. */
async function train({ ask }: App, run: object, steps: number) {
  const { id } = await ask('/v1/runs', { classes, prompts_per_step: 4, group_size: 8, ...run })
  const policy = urlPolicy(NAMES, { rate: 3 })
  for (let step = 0; step < steps; step++) {
    const groups = Array.from({ length: 4 }, () => Array.from({ length: 8 }, () => policy.answer()))
    const samples = groups.flatMap((flags, at) => flags.map((one) => ({ at, one })))
    const prompts = samples.map(({ at }) => `Paint ${step} ${at}.`)
    const reply = await ask(`/runs/${id}/rlhf/openrlhf`, {
      ...{ query: samples.map(({ one }, at) => `${prompts[at]}${textOf(one)}`), prompts },
      labels: samples.map(() => BOTH),
    })
    expect(reply.rewards).toHaveLength(32)
    policy.learn(
      groups.map((flags, at) =>
        flags.map((one, place) => ({ flags: one, reward: reply.rewards[at * 8 + place] })),
      ),
    )
  }
  return { run: await ask(`/v1/runs/${id}`), reached: NAMES.map(policy.chance), id }
}

test.each(['ucb', 'headroom'])(
  '%s: a trainer that knows the reward URL alone learns every class',
  async (kind) => {
    const app = await openTestApp()
    const { run, reached } = await train(app, { selector: { kind }, phase_steps: 5, observe: 0.5 }, 60)
    for (const chance of reached) expect(chance).toBeGreaterThan(0.85)
    expect(run).toMatchObject({ step: 60, groups: 240, contraction: expect.any(Number) })
    expect(new Set(run.schedule.ended.map((phase: { meta_class: string }) => phase.meta_class))).toEqual(
      new Set(NAMES),
    )
    expect(run.overall).toBeGreaterThan(0.8)
    expect(run.observation).toMatchObject({ judge_calls: 0, responses: expect.any(Number) })
    expect(app.models.calls).toBe(0)
  },
)

const turn = {
  selector: { kind: 'round_robin' },
  guard_rails: { floor: null, most_consecutive: null },
  observe: 0,
}
const slime = (prompt: string, response: string, label: string | null = BOTH) => ({ prompt, response, label })

test('a group keeps its class however late its members come, and a retry what it got', async () => {
  const { ask, call } = await openTestApp()
  const run = { name: 'r', classes, ...turn, prompts_per_step: 1, phase_steps: 1, group_size: 3 }
  await ask('/v1/runs', run)
  const send = (prompt: string, response: string) => call('/runs/r/rlhf/slime', slime(prompt, response))
  const first = await send('one', 'red 1')
  expect([await first.text(), first.headers.get('x-plumbline-meta-class')]).toEqual(['1', 'warm'])
  const second = await send('two', 'red 1')
  expect([await second.text(), second.headers.get('x-plumbline-meta-class')]).toEqual(['0', 'cold'])
  expect(await (await send('one', 'red 2')).text()).toBe('1')
  expect(await (await send('two', 'blue 2')).text()).toBe('1')
  expect(await (await send('one', 'red 1')).text()).toBe('1')
  expect((await ask('/v1/runs/r')).groups).toBe(2)
})

test('a trainer that went down within a step makes it again, in groups of its own', async () => {
  const { ask, call } = await openTestApp()
  const run = { name: 'r', classes, ...turn, prompts_per_step: 2, phase_steps: 1, group_size: 2 }
  await ask('/v1/runs', run)
  const send = async (prompt: string, response: string) => {
    const reply = await call('/runs/r/rlhf/slime', slime(prompt, response))
    return { group: reply.headers.get('x-plumbline-groups'), by: reply.headers.get('x-plumbline-meta-class') }
  }
  const lost = await send('one', 'red 1')
  expect(await ask('/v1/runs/r/steps', {})).toMatchObject({ step: 2, groups: 1, meta_class: 'cold' })
  const again = await Promise.all(['red 2', 'blue 2'].map((response) => send('one', response)))
  expect(again.map(({ by }) => by)).toEqual(['cold', 'cold'])
  expect(new Set([lost, ...again].map(({ group }) => group)).size).toBe(2)
  expect(await ask('/v1/runs/r')).toMatchObject({ step: 2, groups: 2 })
})

test('a prompt without the class is masked, which is no score', async () => {
  const { ask, call } = await openTestApp()
  await ask('/v1/runs', { name: 'r', classes, ...turn, first: 'warm', mask: 0.5 })
  const cold = JSON.stringify({ verifiers: { chill: VERIFIERS.chill } })
  const reply = await call('/runs/r/rlhf/slime', slime('one', 'red', cold))
  expect([await reply.text(), reply.headers.get('x-plumbline-masked')]).toEqual(['0.5', '0'])
  const run = await ask('/v1/runs/r')
  expect(run).toMatchObject({ masked: { warm: 1 }, classes: { warm: null, cold: null }, overall: null })
})

test('a class is judged by its own criteria alone, and looking at the others is counted', async () => {
  const app = await openTestApp()
  const criterion = (id: string, tag: string) => ({ id, title: `Is it ${id}?`, points: 1, tags: [tag] })
  const rubric = { criteria: [criterion('a', 'colour'), criterion('b', 'chill'), criterion('c', 'chill')] }
  await app.ask('/v1/runs', { name: 'blind', classes, rubric, ...turn, first: 'warm' })
  await app.ask('/runs/blind/rlhf/slime', slime('one', 'GOOD', null))
  const { calls } = app.models
  expect(calls).toBe(1)
  await app.ask('/v1/runs', { name: 'seeing', classes, rubric, ...turn, observe: 1, first: 'warm' })
  const reply = await app.ask('/runs/seeing/rlhf/slime?reply=object', slime('one', 'GOOD', null))
  expect(app.models.calls - calls).toBe(2)
  expect(reply.score).toBe(1)
  const { classes: found, observation } = await app.ask('/v1/runs/seeing')
  expect([found.warm.score, found.cold.score]).toEqual([1, 1])
  expect(observation).toMatchObject({ responses: 1, judge_calls: 2 })
  await app.ask('/v1/runs', { name: 'again', classes, rubric, ...turn, observe: 1, first: 'warm' })
  await app.ask('/runs/again/rlhf/slime', slime('one', 'GOOD', null))
  expect((await app.ask('/v1/runs/again')).observation).toMatchObject({ responses: 1, judge_calls: 0 })
})

test('responses are compared by the criteria of the class alone', async () => {
  const { ask, call } = await openTestApp()
  const criteria = ['colour', 'chill'].map((tag) => ({
    id: tag,
    title: `Is it ${tag}?`,
    points: 1,
    tags: [tag],
  }))
  await ask('/v1/runs', { name: 'r', classes, ...turn, first: 'cold', group_size: 2 })
  const label = JSON.stringify({ rubric: { criteria } })
  const [better, worse] = await Promise.all(
    ['GOOD', 'bad'].map((response) =>
      call('/runs/r/rlhf/slime?protocol=openrs&against=group&shaping=brpo', slime('one', response, label)),
    ),
  )
  const rewards = [await better?.json(), await worse?.json()]
  expect(rewards.toSorted()).toEqual(rewards[0] === 0 ? [-1, 0] : [0, 1])
  const judgments = `${better?.headers.get('x-plumbline-judgments')},${worse?.headers.get('x-plumbline-judgments')}`
  const [id] = judgments.split(',').filter((one) => one !== '')
  const { rubric } = await ask(`/v1/judgments/${id}`)
  expect(rubric.criteria.map((one: { id: string }) => one.id)).toEqual(['chill'])
})

test('a judge that fails gives no reward and no score, and the same call may be sent again', async () => {
  const { ask, call, models } = await openTestApp()
  const criteria = [{ id: 'a', title: 'Is it warm?', points: 1, tags: ['colour'] }]
  await ask('/v1/runs', { name: 'r', classes, ...turn, first: 'warm' })
  const sample = slime('one', 'GOOD', JSON.stringify({ criteria }))
  models.manner = 'unreachable'
  for (const _ of [1, 2]) expect((await call('/runs/r/rlhf/slime', sample)).status).toBe(503)
  expect(await ask('/runs/r/rlhf/slime?on_error=-9', sample)).toBe(-9)
  expect(await ask('/v1/runs/r')).toMatchObject({ masked: {}, classes: { warm: null } })
  models.manner = 'well'
  expect(await ask('/runs/r/rlhf/slime', sample)).toBe(1)
  expect(await ask('/v1/runs/r')).toMatchObject({ groups: 1, classes: { warm: { score: 1 } } })
})

test('calls marked split=eval are scored in all classes and belong to no step', async () => {
  const { ask } = await openTestApp()
  await ask('/v1/runs', { name: 'r', classes, measure: 'eval', class_weights: { warm: 3, cold: 1 } })
  expect(await ask('/runs/r/rlhf/slime?split=eval', slime('one', 'red'))).toBe(0.75)
  expect(await ask('/runs/r/rlhf/slime?split=eval&protocol=openrs', slime('one', 'blue'))).toBe(0.25)
  const run = await ask('/v1/runs/r')
  expect(run).toMatchObject({ groups: 0, step: 0, overall: 0.5 })
})

test('objective scalarised and normalised reward by all classes, in no phases', async () => {
  const { ask } = await openTestApp()
  await ask('/v1/runs', { name: 's', classes, objective: 'scalarised', class_weights: { warm: 3, cold: 1 } })
  expect(await ask('/runs/s/rlhf/slime', slime('one', 'red'))).toBe(0.75)
  await ask('/v1/runs', { name: 'n', classes, objective: 'normalised', group_size: 2 })
  const both = ['red', 'blue'].map((response) => ask('/runs/n/rlhf/slime', slime('one', response)))
  expect(await Promise.all(both)).toEqual([0, 0])
  const apart = ['red blue', 'grey'].map((response) => ask('/runs/n/rlhf/slime', slime('two', response)))
  expect(await Promise.all(apart)).toEqual([1, -1])
  expect((await ask('/v1/runs/n')).correlations).toEqual({ 'warm~cold': expect.closeTo(0, 6) })
})

test.each([
  [
    '',
    'say nothing',
    422,
    /'label' says no criteria, which this run's classes are made of, .+: send that as text/,
  ],
  ['?protocol=openrs&against=group&group=2', BOTH, 400, /verifiers, by which nothing is compared/],
  ['?meta_class=warm&protocol=pointwise', BOTH, 400, /this run chooses the class itself/],
  ['?against=reference&protocol=pointwise', BOTH, 400, /whose labels say its criteria/],
  ['?verifier=exact', BOTH, 400, /verifier has no criteria/],
])('%s with label %s is refused, saying what to change', async (query, label, status, sentence) => {
  const { call, ask } = await openTestApp()
  await ask('/v1/runs', { name: 'r', classes, ...turn })
  const replies = await Promise.all(
    ['red', 'blue'].map((response) => call(`/runs/r/rlhf/slime${query}`, slime('one', response, label))),
  )
  for (const reply of replies) {
    expect(reply.status).toBe(status)
    expect(await reply.text()).toMatch(sentence)
  }
})
