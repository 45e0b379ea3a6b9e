import { expect, test } from 'vitest'
import type { Clause } from '../shared/protocol/rubric.ts'
import { applyEdit, asCandidate } from '../shared/refine/edits/edit.ts'
import { assemble } from '../shared/rubric/meta-rubrics.ts'
import { clause, golden, house, openSwayedApp } from './testing/house.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const add = (level: Clause['level'] = 'highlight', more: Partial<Clause> = {}) => ({
  edit: { op: 'add', clause: { ...clause, level, ...more } },
  by: 'refine',
})
test('a proposal waits for a person, whatever its effect, and then becomes a version', async () => {
  const { ask, call } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const proposed = await ask('/v1/meta-rubrics/house/proposals', add())
  expect(proposed).toMatchObject({ name: 'house', base: 1, status: 'proposed', by: 'refine', decision: null })
  expect((await ask('/v1/meta-rubrics/house/proposals', add())).id).toBe(proposed.id)
  expect((await ask('/v1/meta-rubrics/house')).version).toBe(1)
  const path = `/v1/meta-rubrics/house/proposals/${proposed.id}`
  const accepted = await call(`${path}/accept`, { by: 'ann', note: 'Yes.' })
  expect(accepted.status).toBe(201)
  expect(await bodyOf(accepted)).toMatchObject({
    version: 2,
    by: 'ann',
    lineage: { parent: 1, proposal: proposed.id },
    proposal: { status: 'accepted', decision: { by: 'ann', note: 'Yes.', version: 2 } },
  })
  const rejected = await call(`${path}/reject`, { by: 'bo' })
  expect([rejected.status, (await bodyOf(rejected)).error.code]).toEqual([409, 'proposal_decided'])
  const { data } = await ask('/v1/meta-rubrics/house/proposals')
  expect(data.map(({ status }: { status: string }) => status)).toEqual(['accepted'])
})

test('two people who accept one proposal make one version, and the second is told of the first', async () => {
  const { ask, call } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const { id } = await ask('/v1/meta-rubrics/house/proposals', add())
  const accept = (by: string) => call(`/v1/meta-rubrics/house/proposals/${id}/accept`, { by })
  const answers = await Promise.all(['ann', 'bo', 'cy', 'dee'].map(accept))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
  const winner = (await ask('/v1/meta-rubrics/house/proposals')).data[0].decision.by
  const refused = answers.find(({ status }) => status === 409)
  const body = refused && (await bodyOf(refused))
  expect(body.error).toMatchObject({ code: 'proposal_decided', type: 'caller' })
  expect(body.error.message).toContain(`accepted by ${winner} already, and became house@2`)
  expect(body.proposal.decision).toMatchObject({ by: winner, version: 2 })
  expect((await accept(winner)).status).toBe(200)
  expect((await ask('/v1/meta-rubrics/house/versions')).data.length).toBe(2)
})

test('different proposals accepted at once each make a version, on top of one another', async () => {
  const { ask, call } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const [first, second] = house.pool
  if (!first || !second) throw new Error('The pool is empty.')
  const edits = [add().edit, { op: 'delete', id: second.id }]
  const ids = await Promise.all(
    edits.map(async (edit) => (await ask('/v1/meta-rubrics/house/proposals', { edit })).id),
  )
  const accept = (id: string) => call(`/v1/meta-rubrics/house/proposals/${id}/accept`, { by: 'ann' })
  expect((await Promise.all(ids.map(accept))).map(({ status }) => status)).toEqual([201, 201])
  const newest = await ask('/v1/meta-rubrics/house')
  const left = newest.clauses.map(({ id }: Clause) => id)
  expect([newest.version, left.includes('sources'), left.includes(second.id)]).toEqual([3, true, false])
})

test('a proposal whose clause has changed since is refused, and stays proposed', async () => {
  const { ask, call } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const [first, ...others] = house.pool
  if (!first) throw new Error('The pool is empty.')
  const modify = { op: 'modify', clause: { ...first, applies: 'The request has parts that can be counted.' } }
  const { id } = await ask('/v1/meta-rubrics/house/proposals', { edit: modify })
  const pool = [{ ...first, applies: 'The request asks for more than one thing.' }, ...others]
  await ask('/v1/meta-rubrics', { layer: { ...house, pool } })
  const refused = await call(`/v1/meta-rubrics/house/proposals/${id}/accept`, { by: 'ann' })
  const body = await bodyOf(refused)
  expect([refused.status, body.error.code, body.newest]).toEqual([409, 'proposal_stale', 2])
  expect(body.proposal.status).toBe('proposed')
})

test('an acceptance that worsens a golden pair is refused, and the proposal stays proposed', async () => {
  const { ask, call } = await openSwayedApp()
  await ask('/v1/meta-rubrics', { layer: house, golden })
  const { id } = await ask('/v1/meta-rubrics/house/proposals', add('core'))
  const refused = await call(`/v1/meta-rubrics/house/proposals/${id}/accept`, { by: 'ann' })
  expect((await bodyOf(refused)).error.code).toBe('golden_pairs_worsened')
  expect((await ask('/v1/meta-rubrics/house/proposals')).data[0].status).toBe('proposed')
})

test('a replayed effect is read from the record, not from whoever proposes', async () => {
  const { ask, call } = await openSwayedApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const { rubric, id: before } = await ask('/v1/judgments', {
    prompt: 'Which?',
    responses: ['GOOD GOOD', 'bad'],
    meta_rubric: 'house@1',
  })
  expect(rubric.meta_rubric).toBe('house@1')
  const effect = (after: string) => ({ pairs: [{ pair: 'p1', label: 'first', before, after }] })
  const wrong = await call('/v1/meta-rubrics/house/proposals', { ...add('core'), effect: effect(before) })
  expect((await bodyOf(wrong)).error).toMatchObject({ code: 'invalid_request', param: 'effect' })
  const none = await call('/v1/meta-rubrics/house/proposals', { ...add('core'), effect: effect('jdg_0') })
  expect(none.status).toBe(404)
  const edited = applyEdit(house, { op: 'add', clause: { ...clause, level: 'core' } })
  const [meta_rubric] = edited ? await assemble([await asCandidate(edited)]) : []
  const after = await ask('/v1/judgments', { prompt: 'Which?', responses: ['GOOD GOOD', 'bad'], meta_rubric })
  const proposed = await ask('/v1/meta-rubrics/house/proposals', { ...add('core'), effect: effect(after.id) })
  expect(proposed.effect).toMatchObject({ model: 'opinionated', pairs: 1, before: 1, after: 0 })
  expect(proposed.effect.worsened).toMatchObject([
    { pair: 'p1', after: { outcome: 'tie', judgment: after.id } },
  ])
})

test('a proposal that can not be made is refused with the reason', async () => {
  const { ask, call } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const propose = async (body: unknown) =>
    (await bodyOf(await call('/v1/meta-rubrics/house/proposals', body))).error
  expect(await propose({ edit: { op: 'delete', id: 'gone' } })).toMatchObject({ param: 'edit' })
  expect(await propose({ edit: { op: 'add', clause: house.pool[0] } })).toMatchObject({ param: 'edit' })
  expect(await propose(add('highlight', { title: 'Response A is better' }))).toMatchObject({
    code: 'invalid_meta_rubric',
  })
  expect((await call('/v1/meta-rubrics/none/proposals', add())).status).toBe(404)
  expect((await call('/v1/meta-rubrics/house/proposals/prp_0/accept', { by: 'ann' })).status).toBe(404)
  expect((await call('/v1/meta-rubrics/house/proposals/prp_0/reject', {})).status).toBe(400)
})
