import { expect, test } from 'vitest'
import type { Clause, MetaRubricLayer } from '../shared/protocol/rubric.ts'
import { applyEdit, asCandidate } from '../shared/refine/edit.ts'
import { assemble, SHIPPED_LAYERS } from '../shared/rubric/meta-rubrics.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const [general] = SHIPPED_LAYERS
if (!general) throw new Error('No layer ships.')
const house: MetaRubricLayer = { ...general, name: 'house', title: 'House' }

const clause: Clause = {
  id: 'sources',
  level: 'highlight',
  title: 'Names where figures come from',
  description:
    'Figures that somebody may want to look up stand beside the document that they were taken from.',
  applies: 'The request is about statistics or measured quantities.',
}
const golden = [
  {
    id: 'plain',
    clause: 'correctness',
    prompt: 'Which one?',
    responses: ['GOOD GOOD', 'bad'] as [string, string],
    label: 'first',
    why: 'The first is good.',
  },
]

/** An app whose judge sees no difference by a rubric that was made with the clause `sources` at hand. */
async function openSwayedApp() {
  const app = await openTestApp()
  const criterion = (title: string) => ({ title, description: 'It is.', level: 'core', clause: null })
  app.models.replies.rubric = (text) =>
    JSON.stringify({
      criteria: [criterion(text.includes(`- ${clause.id} [core]`) ? 'Blurred' : 'Is right')],
    })
  app.models.replies.verdicts = (text) => {
    const first = /<response_a [0-9a-f]{8}>\nGOOD/.test(text) ? 1 : -1
    const verdict = text.includes('Blurred') ? 0 : 2 * first
    return JSON.stringify({ verdicts: [{ criterion: 'c01', evidence: 'x', reason: 'y', verdict }] })
  }
  return app
}

const add = (level: Clause['level'] = 'highlight', more: Partial<Clause> = {}) => ({
  edit: { op: 'add', clause: { ...clause, level, ...more } },
  by: 'refine',
})
const retitled = (title: string): MetaRubricLayer => ({ ...house, title })

test('a layer becomes the next version of its name, is judged by, and is read back', async () => {
  const { call, ask } = await openTestApp()
  const made = await call('/v1/meta-rubrics', { layer: house, by: 'ann', note: 'Ours.' })
  expect(made.status).toBe(201)
  expect(await bodyOf(made)).toMatchObject({
    object: 'meta_rubric.version',
    name: 'house',
    version: 1,
    shipped: false,
    by: 'ann',
    note: 'Ours.',
    lineage: { parent: null, proposal: null, restores: null },
    effect: null,
  })
  expect((await call('/v1/meta-rubrics', { layer: house })).status).toBe(200)
  const second = await bodyOf(await call('/v1/meta-rubrics', { layer: retitled('House, mended'), base: 1 }))
  expect([second.version, second.lineage.parent]).toEqual([2, 1])
  const { data } = await ask('/v1/meta-rubrics/house/versions')
  expect(data.map(({ version }: { version: number }) => version)).toEqual([1, 2])
  expect((await ask('/v1/meta-rubrics/house')).title).toBe('House, mended')
  expect((await ask('/v1/meta-rubrics/house@1')).title).toBe('House')
  expect((await ask('/v1/meta-rubrics/house/versions/2')).layer.title).toBe('House, mended')
  expect((await ask('/v1/meta-rubrics')).data.map(({ name }: { name: string }) => name)).toContain('house')
  const pair = { prompt: 'Which?', responses: ['GOOD', 'bad'] }
  expect((await ask('/v1/judgments', { ...pair, meta_rubric: 'house@1' })).rubric.meta_rubric).toBe('house@1')
})

test('a repeated body is judged by a version that came in between', async () => {
  const { ask } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const body = JSON.stringify({ prompt: 'Which?', responses: ['GOOD', 'bad'], meta_rubric: 'house' })
  expect((await ask('/v1/judgments', body)).usage.cache).toBe('miss')
  expect((await ask('/v1/judgments', body)).usage.cache).toBe('hit')
  await ask('/v1/meta-rubrics', { layer: retitled('House, mended') })
  const after = await ask('/v1/judgments', body)
  expect([after.usage.cache, after.rubric.meta_rubric]).toEqual(['miss', 'house@2'])
})

test('a group is rewarded by one version, the newest of a name', async () => {
  const { ask } = await openTestApp()
  const body = { prompt: 'Which?', responses: ['GOOD', 'bad', 'worse'], anchor: 'all', meta_rubric: 'house' }
  for (const title of ['House', 'House, mended']) {
    const { version } = await ask('/v1/meta-rubrics', { layer: retitled(title) })
    const { data } = await ask('/v1/rewards', body)
    const ids: string[] = data.flatMap(({ judgments }: { judgments: string[] }) => judgments)
    const made = await Promise.all(
      ids.map(async (id) => (await ask(`/v1/judgments/${id}`)).rubric.meta_rubric),
    )
    expect(new Set(made)).toEqual(new Set([`house@${version}`]))
  }
})

test('another organisation sees none of it', async () => {
  const [ours, theirs] = [await openTestApp(), await openTestApp()]
  await ours.ask('/v1/meta-rubrics', { layer: house })
  expect((await theirs.call('/v1/meta-rubrics/house')).status).toBe(404)
})

test('a layer that fails its lint is refused with every fault', async () => {
  const { call } = await openTestApp()
  const broken = { ...house, principles: [], pool: house.pool.slice(0, 2) }
  const refused = await call('/v1/meta-rubrics', { layer: broken })
  const body = await bodyOf(refused)
  expect([refused.status, body.error.code]).toEqual([422, 'invalid_meta_rubric'])
  expect(body.faults.map(({ rule }: { rule: string }) => rule)).toEqual(
    expect.arrayContaining(['principles', 'clause_count']),
  )
  for (const name of ['auto', 'a@b', 'a/b', '']) {
    const answer = await bodyOf(await call('/v1/meta-rubrics', { layer: { ...house, name } }))
    expect(answer.error, name).toMatchObject({ code: 'invalid_meta_rubric' })
  }
})

test('the gate refuses a version that worsens a golden pair, and names the pair', async () => {
  const { ask, call } = await openSwayedApp()
  await ask('/v1/meta-rubrics', { layer: house, golden })
  const harmful = { ...house, pool: [...house.pool, { ...clause, level: 'core' }] }
  const refused = await call('/v1/meta-rubrics', { layer: harmful })
  expect(refused.status).toBe(422)
  expect(await bodyOf(refused)).toMatchObject({
    error: { code: 'golden_pairs_worsened' },
    effect: {
      pairs: 1,
      before: 1,
      after: 0,
      worsened: [{ pair: 'plain', before: { outcome: 'right' }, after: { outcome: 'tie' } }],
    },
  })
  const emptied = await bodyOf(await call('/v1/meta-rubrics', { layer: harmful, golden: [] }))
  expect(emptied.error.code).toBe('golden_pairs_worsened')
  expect((await ask('/v1/meta-rubrics/house/versions')).data.length).toBe(1)
})

test('a judge that gives no verdicts lets nothing through', async () => {
  const { ask, call, models } = await openSwayedApp()
  await ask('/v1/meta-rubrics', { layer: house, golden })
  models.manner = 'prose'
  const refused = await call('/v1/meta-rubrics', { layer: retitled('House, mended') })
  const { error, effect } = await bodyOf(refused)
  expect([refused.status, error.code, effect.compared]).toEqual([503, 'not_scored', 0])
})

test('a version made from one that is no longer the newest is refused, and a repeated call files once', async () => {
  const { call, ask } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const publish = (title: string, more = {}, headers = {}) =>
    call('/v1/meta-rubrics', { layer: retitled(title), ...more }, headers)
  const answers = await Promise.all(['One', 'Two', 'Three'].map((title) => publish(title, { base: 1 })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
  const refused = answers.find(({ status }) => status === 409)
  expect(refused && (await bodyOf(refused))).toMatchObject({ error: { code: 'version_stale' }, newest: 2 })
  const key = { 'idempotency-key': 'once' }
  const [first, second] = [await publish('Four', {}, key), await publish('Five', {}, key)]
  expect([first.status, second.status]).toEqual([201, 200])
  expect((await bodyOf(second)).layer.title).toBe('Four')
})

test('a diff tells two versions apart, clause by clause', async () => {
  const { ask, call } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  const [first, second, ...others] = house.pool
  if (!first || !second) throw new Error('The pool is empty.')
  const pool = [{ ...second, applies: 'The request has more parts than one.' }, ...others, clause]
  await ask('/v1/meta-rubrics', { layer: { ...house, pool, description: 'Other words.' } })
  expect(await ask('/v1/meta-rubrics/house/diff?from=1&to=2')).toMatchObject({
    added: [{ id: 'sources' }],
    removed: [{ id: first.id }],
    changed: [{ id: second.id, fields: ['applies'] }],
    principles: { added: [], removed: [] },
    fields: [{ field: 'description', to: 'Other words.' }],
  })
  expect((await call('/v1/meta-rubrics/house/diff?from=1&to=9')).status).toBe(404)
  expect((await call('/v1/meta-rubrics/house/diff?from=1')).status).toBe(400)
})

test('a rollback files the old content again, with its lineage', async () => {
  const { ask, call } = await openTestApp()
  await ask('/v1/meta-rubrics', { layer: house })
  await ask('/v1/meta-rubrics', { layer: retitled('House, spoilt') })
  const restored = await call('/v1/meta-rubrics/house/rollback', { version: 1, by: 'bo' })
  expect(restored.status).toBe(201)
  expect(await bodyOf(restored)).toMatchObject({
    version: 3,
    by: 'bo',
    layer: { title: 'House' },
    lineage: { parent: 2, restores: 1 },
  })
  expect((await call('/v1/meta-rubrics/house/rollback', { version: 1 })).status).toBe(200)
  expect((await ask('/v1/meta-rubrics/house')).version).toBe(3)
  expect((await call('/v1/meta-rubrics/house/rollback', { version: 9 })).status).toBe(404)
  const shipped = await bodyOf(await call('/v1/meta-rubrics/general/rollback', { version: 1 }))
  expect([shipped.version, shipped.shipped]).toEqual([1, true])
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
