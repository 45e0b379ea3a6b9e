import { expect, test } from 'vitest'
import { openTestApp } from '../../testing/test-app.ts'

const prompt = [{ role: 'user', content: '2+2?' }]

test('a batch is answered in its order, the samples of a prompt as a group', async () => {
  const { ask } = await openTestApp()
  const samples = ['bad', 'GOOD', ''].map((response, at) => ({ id: `s${at}`, prompt, response, step: 3 }))
  const { rewards } = await ask('/rlhf/plumbline?anchor=all&shaping=net', { samples })
  expect(rewards.map(({ reward }: { reward: number }) => reward)).toEqual([-1, 1, -1])
  expect(rewards[0]).toMatchObject({ score: 0, substituted: false, error: null })
  expect(await ask('/rlhf/plumbline', { samples: [] })).toEqual({ rewards: [] })
})

test('a sample without a reward is null with the reason, and the others have theirs', async () => {
  const { ask, models } = await openTestApp()
  const first = { prompt: '2+2?', response: 'GOOD' }
  await ask('/rlhf/plumbline', { samples: [first] })
  models.manner = 'unreachable'
  const { rewards } = await ask('/rlhf/plumbline', {
    samples: [first, { prompt: '3+3?', response: 'GOOD', label: 6 }],
  })
  expect(rewards[0].reward).toBe(1)
  expect(rewards[1]).toMatchObject({ reward: null, score: null, error: { code: 'model_unreachable' } })
})

test('on the URL of a run each sample names its group', async () => {
  const { ask } = await openTestApp()
  await ask('/v1/runs', { name: 'r', classes: { warm: ['colour'] } })
  const label = { verifiers: { chill: [{ kind: 'contains', values: ['blue'] }] } }
  const { rewards } = await ask('/runs/r/plumbline', { samples: [{ prompt, response: 'red', label }] })
  const group = { id: expect.stringMatching(/^grp_/), late: false, meta_class: 'warm', masked: true }
  expect(rewards).toEqual([expect.objectContaining({ reward: 0, group })])
})

test('a sample that can not be read is refused by its place', async () => {
  const { ask } = await openTestApp()
  const { error } = await ask('/rlhf/plumbline', { samples: [{ prompt, response: 4 }] })
  expect(error).toMatchObject({ code: 'invalid_request', param: 'samples.0.response' })
})

test('text that a trainer put into a chat template is read as the messages that it was made from', async () => {
  const { ask } = await openTestApp()
  const templated = '<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n'
  const { rewards } = await ask('/rlhf/plumbline?anchor=all&shaping=net', {
    samples: [
      { prompt, response: 'bad' },
      { prompt: templated, response: 'GOOD<|im_end|>' },
      { prompt, response: '\ud83d' },
    ],
  })
  expect(rewards.map(({ reward }: { reward: number }) => reward)).toEqual([-0.5, 1, -0.5])
})
