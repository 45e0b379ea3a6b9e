import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from '../../testing/test-app.ts'

/** A body as miles's aiohttp sends it. */
const bytes =
  '{"prompt": [{"role": "user", "content": "Say \\u201cgood\\u201d."}], "response": "GOOD", "label": null}'
const json = { 'content-type': 'application/json' }

test('the whole body is the reward, or an object with the key of --reward-key', async () => {
  const { call } = await openTestApp()
  expect(await (await call('/rlhf/miles', bytes, json)).text()).toBe('1')
  expect(await bodyOf(await call('/rlhf/miles?reward_key=acc', bytes, json))).toMatchObject({ acc: 1 })
  expect(await bodyOf(await call('/rlhf/miles?reply=object', bytes, json))).toMatchObject({ score: 1 })
})

test.each(['unreachable', 'status 500'] as const)(
  '%s for a moment does not end the run, whose client asks once',
  async (manner) => {
    const { call, models } = await openTestApp()
    models.manner = manner
    setTimeout(() => {
      models.manner = 'well'
    }, 200)
    expect(await (await call('/rlhf/miles', bytes, json)).text()).toBe('1')
  },
)

test('nor does it on the URL of a run', async () => {
  const { call, ask, models } = await openTestApp()
  const { id } = await ask('/v1/runs', {})
  models.manner = 'unreachable'
  setTimeout(() => {
    models.manner = 'well'
  }, 200)
  expect(await (await call(`/runs/${id}/rlhf/miles?protocol=pointwise`, bytes, json)).text()).toBe('1')
})

test('a failure that stays is said at once', async () => {
  const { call, models } = await openTestApp()
  models.manner = 'refuses the key'
  expect((await call('/rlhf/miles', bytes, json)).status).toBe(503)
  expect(await (await call('/rlhf/miles?on_error=-1', bytes, json)).text()).toBe('-1')
})
