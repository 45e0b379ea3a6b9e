import { expect, test } from 'vitest'
import { openRun } from './testing/run.ts'
import { bodyOf, openTestApp } from './testing/test-app.ts'

const single = { prompt: 'Say something.', response: 'GOOD GOOD' }

test('protocol=openrs compares a single call with its reference response, without waiting', async () => {
  const { ask, call } = await openTestApp()
  const better = await ask('/rlhf/slime?protocol=openrs', { ...single, label: 'bad' })
  expect(better).toBeGreaterThan(0)
  expect(await ask('/rlhf/slime?against=reference', { ...single, label: 'bad' })).toBe(better)
  expect(
    await ask('/rlhf/slime?protocol=openrs', { ...single, response: 'bad', label: 'GOOD' }),
  ).toBeLessThan(0)
  const bare = await call('/rlhf/slime?protocol=openrs', single)
  expect(bare.status).toBe(422)
  const { error } = await bodyOf(bare)
  expect(error).toMatchObject({ code: 'nothing_to_compare', param: 'against' })
  expect(error.message).toMatch(/'label'.*\/anchors.*protocol=pointwise/)
})

test('without settings a single call is scored by itself, and protocol=pointwise shows the reference to the judge', async () => {
  const { ask } = await openTestApp()
  expect(await ask('/rlhf/slime', { ...single, label: 'bad' })).toBe(1)
  expect(await ask('/rlhf/slime?protocol=pointwise&against=reference', { ...single, label: 'bad' })).toBe(1)
  expect((await ask('/rlhf/slime?protocol=openrs')).range.single).toEqual([-1, 1])
})

test('on the URL of a run, an anchor that was given for the prompt goes before the label', async () => {
  const { ask, id, slime, groups } = await openRun()
  const query = 'protocol=openrs'
  expect((await slime('GOOD', { query })).status).toBe(422)
  const kept = await ask(`/v1/runs/${id}/anchors`, {
    anchors: [{ prompt: 'Say something.', response: 'bad' }],
  })
  expect(kept).toEqual({ object: 'run.anchors', kept: 1 })
  expect(await bodyOf(await slime('GOOD', { query }))).toBeGreaterThan(0)
  expect(await bodyOf(await slime('GOOD too', { query, label: 'GOOD GOOD GOOD' }))).toBeGreaterThan(0)
  expect((await groups())[0]).toMatchObject({ anchor: 'bad', closed: null })
})

test('a call marked split=anchor gives the response that later ones are compared with', async () => {
  const { slime } = await openRun()
  const query = 'protocol=openrs'
  expect(await bodyOf(await slime('bad', { query: `${query}&split=anchor` }))).toBe(0)
  expect(await bodyOf(await slime('GOOD', { query }))).toBeGreaterThan(0)
})

test('equal texts of different samples count each, where nobody waits', async () => {
  const { slime, groups, rewards } = await openRun()
  const found = await rewards(['GOOD', 'GOOD', 'bad', 'bad'], { query: '' })
  expect(found).toEqual([1, 1, 0, 0])
  expect((await groups())[0]).toMatchObject({ closed: 'full', sequence: 0 })
  await slime('GOOD new', { query: '' })
  expect((await groups())[0]).toMatchObject({ closed: null, sequence: 1 })
})

test('a setting that only the URL of a run has a use for says how to make one', async () => {
  const { call } = await openTestApp()
  for (const query of ['against=group&group=8', 'against=group&wait=5']) {
    const reply = await call(`/rlhf/slime?${query}`, single)
    expect(reply.status).toBe(422)
    expect((await bodyOf(reply)).error.message).toContain('POST /v1/runs')
  }
  expect((await call('/rlhf/slime?split=eval', single)).status).toBe(400)
  expect((await call('/rlhf/slime?group=8', single)).status).toBe(400)
})

test('what a run can not do is refused, naming the setting', async () => {
  const { slime, call } = await openRun()
  const refused = [
    ['against=group&protocol=pointwise', 'against'],
    ['against=group&verifier=exact', 'against'],
    ['against=group&wait=120', 'wait'],
    ['against=group&group=1', 'group'],
    ['against=group&group=x', 'group'],
  ]
  for (const [query, param] of refused) {
    const reply = await slime('GOOD', { query: String(query) })
    expect(reply.status, query).toBe(400)
    expect((await bodyOf(reply)).error.param).toBe(param)
  }
  expect((await call('/runs/nobody/slime?against=group', single)).status).toBe(404)
})
