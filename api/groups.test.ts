import { expect, test } from 'vitest'
import { bodyOf, openTestApp } from './testing/test-app.ts'

/** An app with a run, and a call of slime's to its URL. */
async function openRun(settings: object = {}) {
  const app = await openTestApp()
  const { id } = await app.ask('/v1/runs', { group_size: 4, ...settings })
  const slime = (response: string, query = 'against=group', prompt = 'Say something.', label?: string) =>
    app.call(`/runs/${id}/slime?${query}`, { prompt, response, ...(label === undefined ? {} : { label }) })
  const groups = async () => (await app.ask(`/v1/runs/${id}/groups`)).data
  return { ...app, id, slime, groups }
}

test('single calls of one prompt wait for each other and are rewarded as a group', async () => {
  const { slime, groups, models } = await openRun()
  const replies = await Promise.all(['GOOD GOOD', 'GOOD', 'bad', 'bad'].map((text) => slime(text)))
  expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  const rewards = await Promise.all(replies.map(bodyOf))
  expect(rewards[2]).toBe(rewards[3])
  expect(rewards[0]).toBeGreaterThanOrEqual(rewards[1])
  expect(rewards[1]).toBeGreaterThan(rewards[2])
  const made = models.calls
  const [group] = await groups()
  expect(group).toMatchObject({ closed: 'full', sequence: 0, step: 0, size: 4 })
  expect(group.members.map((member: { reward: number }) => member.reward).toSorted()).toEqual(rewards.toSorted())
  expect(replies[0]?.headers.get('x-plumbline-groups')).toBe(group.id)
  expect(await bodyOf(await slime('GOOD'))).toBe(rewards[1])
  expect(models.calls).toBe(made)
})
