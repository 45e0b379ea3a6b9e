import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const classes = { short: ['short'], polite: ['polite'] }

test('a run is made once by its name or by an Idempotency-Key, and is found again', async () => {
  const { call, ask } = await openTestApp()
  const made = await call('/v1/runs', { name: 'sweep-3', classes })
  expect(made.status).toBe(201)
  const run = await bodyOf(made)
  expect(run).toMatchObject({ id: 'sweep-3', object: 'run', step: 0, meta_class: null, overall: null })
  expect(run.reward_urls['rlhf/openrlhf']).toBe('http://localhost/runs/sweep-3/rlhf/openrlhf')
  expect(await ask('/v1/runs', { name: 'sweep-3', classes })).toEqual(run)
  expect(await ask('/v1/runs/sweep-3')).toEqual(run)
  const key = { 'idempotency-key': 'a1' }
  const first = await ask('/v1/runs', {}, key)
  expect(first.id).toMatch(/^run_[0-9a-f]{24}$/)
  expect((await ask('/v1/runs', {}, key)).id).toBe(first.id)
  expect((await ask('/v1/runs', {})).id).not.toBe(first.id)
  const { data, has_more } = await ask('/v1/runs')
  expect([data.length, has_more]).toEqual([3, false])
  const { reward_urls: _, ...listed } = run
  expect(data).toContainEqual(listed)
})

test('runs are listed a page at a time, each once', async () => {
  const { ask } = await openTestApp()
  const names = ['a', 'b', 'c', 'd', 'e']
  for (const name of names) await ask('/v1/runs', { name })
  const seen: string[] = []
  for (let page = await ask('/v1/runs?limit=2'); ; ) {
    seen.push(...page.data.map(({ id }: { id: string }) => id))
    if (!page.has_more) break
    page = await ask(`/v1/runs?limit=2&before=${seen.at(-1)}`)
  }
  expect(seen.toSorted()).toEqual(names)
  expect((await ask('/v1/runs?before=nobody')).error.code).toBe('run_not_found')
  expect((await ask('/v1/runs?limit=0')).error.param).toBe('limit')
})

test("every reward URL of a run answers, ROLL's two among them", async () => {
  const { call, ask } = await openTestApp()
  const { reward_urls } = await ask('/v1/runs', { name: 'r' })
  expect(Object.keys(reward_urls)).toContain('rlhf/roll/submit')
  for (const [name, url] of Object.entries<string>(reward_urls)) {
    if (name !== 'rlhf/roll/result') expect([name, (await call(url)).status]).toEqual([name, 200])
  }
  const poll = await call(`${reward_urls['rlhf/roll/result']}?reward_request_id=none`)
  expect((await bodyOf(poll)).message).toContain('submit it again')
})

test('another body under the same name, an unknown run and an unknown rubric are refused, saying what to do', async () => {
  const { call, ask } = await openTestApp()
  await ask('/v1/runs', { name: 'a', classes })
  const other = await ask('/v1/runs', { name: 'a', classes, phase_steps: 5 })
  expect(other.error).toMatchObject({ code: 'invalid_request', param: 'phase_steps' })
  const unknown = await call('/v1/runs/nobody')
  expect(unknown.status).toBe(404)
  expect((await bodyOf(unknown)).error.code).toBe('run_not_found')
  expect((await ask('/v1/runs/nobody/steps', {})).error.code).toBe('run_not_found')
  expect((await ask('/v1/runs', { classes, rubric: 'rub_0' })).error.code).toBe('rubric_not_found')
  const criteria = [{ id: 'a', title: 'Short?', points: 1, tags: ['short'] }]
  const bare = await ask('/v1/runs', { classes, rubric: { criteria } })
  expect(bare.error).toMatchObject({
    param: 'classes.polite',
    message: expect.stringContaining("class 'polite'"),
  })
  const probing = await ask('/v1/runs', { classes, selector: { kind: 'probe' } })
  expect(probing.error.message).toContain('`plumbline train arl_rr`')
  expect((await ask('/v1/runs', { name: 'a/b' })).error.param).toBe('name')
})

test("runs are their organisation's own", async () => {
  const one = await openTestApp()
  const two = await openTestApp()
  await one.ask('/v1/runs', { name: 'mine' })
  expect((await two.call('/v1/runs/mine')).status).toBe(404)
})
