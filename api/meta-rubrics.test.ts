import { expect, test } from 'vitest'
import type { MetaRubricLayer } from '../shared/protocol/rubric.ts'
import { clause, golden, house, openSwayedApp } from './testing/house.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

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

test('a gate whose model fails half-way lets nothing through, and pays for no pair twice', async () => {
  const { ask, call, models } = await openSwayedApp()
  const [one] = golden
  const pairs = ['One?', 'Two?', 'Three?'].map((prompt, index) => ({ ...one, id: `g${index}`, prompt }))
  await ask('/v1/meta-rubrics', { layer: house, golden: pairs })
  const publish = (title: string) =>
    call('/v1/meta-rubrics', { layer: { ...house, pool: [...house.pool, { ...clause, title }] } })
  const { rubric } = models.replies
  models.replies.rubric = (text) => (text.includes('Three?') ? '' : (rubric?.(text) ?? ''))
  const unread = await bodyOf(await publish('Names where figures come from'))
  expect([unread.error?.code, unread.effect.unjudged.length]).toEqual([undefined, 1])
  models.replies.rubric = (text) => rubric?.(text) ?? ''
  expect((await publish('Says where figures are from')).status).toBe(201)
  models.replies.rubric = (text) => (text.includes('Three?') ? '' : (rubric?.(text) ?? ''))
  const lost = await bodyOf(await publish('Gives the origin of its figures'))
  expect([lost.error.code, lost.effect.unjudged.length]).toEqual(['not_scored', 1])
  models.replies.rubric = (text) => rubric?.(text) ?? ''
  models.failsAt = models.calls + 5
  expect((await publish('Tells who counted')).status).toBe(503)
  const before = models.calls
  expect((await publish('Tells who counted')).status).toBe(201)
  const whole = models.calls
  expect((await publish('Tells whose figures they are')).status).toBe(201)
  expect(whole - before).toBeLessThan(models.calls - whole)
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
