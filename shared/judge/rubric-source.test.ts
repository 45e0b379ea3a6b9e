import { expect, it } from 'vitest'
import type { PairRequest } from '../protocol/judgment.ts'
import { general } from '../testing/judge-request.ts'
import { toJob } from './request.ts'
import { rubricTaskOf } from './rubric-task.ts'

const request = async (responses: [string, string], more: Partial<PairRequest> = {}) =>
  toJob({ prompt: 'Write.', responses, ...more }, null, await general())

it('makes one rubric for all pairs of a prompt with rubric_from prompt, and one a pair without', async () => {
  const taskOf = async (...args: Parameters<typeof request>) => rubricTaskOf((await request(...args)).job)
  const fromPrompt = { rubric_from: 'prompt' as const }
  expect(await taskOf(['a', 'b'], fromPrompt)).toEqual(await taskOf(['c', 'd'], { ...fromPrompt, seed: 4 }))
  expect(await taskOf(['a', 'b'], fromPrompt)).toMatchObject({ responses: null })
  expect(await taskOf(['a', 'b'])).not.toEqual(await taskOf(['c', 'd']))
})

it.each([{ protocol: 'direct' }, { protocol: 'rubric-arm' }, { mode: 'single' }] as const)(
  'is refused where no such rubric is made: %j',
  async (more) => {
    await expect(request(['a', 'b'], { ...more, rubric_from: 'prompt' })).rejects.toMatchObject({
      param: 'rubric_from',
    })
  },
)
