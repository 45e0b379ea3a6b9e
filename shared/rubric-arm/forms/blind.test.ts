import { expect, it } from 'vitest'
import type { ShownPair } from './form.ts'
import { SERVED_FORMS } from './forms.ts'

const pair = (request: string, criteria: ShownPair['criteria']): ShownPair => ({
  prompt: [{ role: 'user', content: request }],
  ...{ shown: ['one', 'other'], reference: null, criteria },
})
const { criteria } = SERVED_FORMS.blind.readRubric('1. The response has a title. [Hard Rule]')

it('shows a judge the rubric and the responses, and nothing of the request', async () => {
  const asked = (request: string) => SERVED_FORMS.blind.judgeMessages(pair(request, criteria ?? []), '')
  expect(await asked('Add a title.')).toEqual(await asked('Add a postscript.'))
  const [, { content = '' } = {}] = await asked('Add a title.')
  expect(content).toBe('Rubric: 1. has a title.\nA: one\nB: other')
  const [, shown] = await SERVED_FORMS.small.judgeMessages(pair('Add a title.', criteria ?? []), '')
  expect(shown?.content).toBe(`Request: Add a title.\n${content}`)
})

it('asks the generator with the request, as the small form does', async () => {
  const prompt = [{ role: 'user' as const, content: 'Add a title.' }]
  const asked = await SERVED_FORMS.blind.generatorMessages(prompt, '')
  expect(asked).toEqual(await SERVED_FORMS.small.generatorMessages(prompt, ''))
  expect(asked.at(-1)?.content).toContain('Add a title.')
})
