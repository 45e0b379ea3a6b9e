import { describe, expect, it } from 'vitest'
import { toJob } from '../judge/request.ts'
import type { JudgmentRequest, PairRequest } from '../protocol/judgment.ts'
import { findMetaRubric } from '../rubric/meta-rubrics.ts'
import { makeRubric } from './id.ts'
import { jobKey } from './key.ts'

const base: PairRequest = { prompt: 'Say something.', responses: ['one', 'other'] }

async function keyOf(request: JudgmentRequest, organisation = 'o', model = 'm', metaRubric = 'general') {
  const meta = await findMetaRubric(metaRubric)
  if (!meta) throw new Error(`${metaRubric} is missing`)
  const rubric = typeof request.rubric === 'object' ? await makeRubric(request.rubric.criteria, null) : null
  return jobKey(organisation, (await toJob(request, rubric, meta)).job, model)
}

const rubric = (title: string) => ({ criteria: [{ id: 'a', level: 'core' as const, title }] })
const exactly = (value: string) => ({ kind: 'exact' as const, value, case_sensitive: true, trim: true })

describe('jobKey', () => {
  it.each<[string, Partial<PairRequest>]>([
    ['the order of the responses', { responses: ['other', 'one'] }],
    ['orders', { orders: 'compat' }],
    ['min_score', { min_score: 0.5 }],
    ['cache', { cache: 'refresh' }],
    ['stream', { stream: true }],
    ['a prompt as messages', { prompt: [{ role: 'user', content: 'Say something.' }] }],
    ['a default written out', { votes: 1, mode: 'staged', protocol: 'openrs', constraints: [] }],
  ])('does not depend on %s', async (_name, change) => {
    expect(await keyOf({ ...base, ...change })).toBe(await keyOf(base))
  })

  it('changes with everything that changes the outcome, each change in its own way', async () => {
    const changes: Partial<PairRequest>[] = [
      { prompt: 'Say something else.' },
      { prompt: [{ role: 'system', content: 'Say something.' }] },
      { responses: ['one', 'another'] },
      { reference: 'one' },
      { votes: 3 },
      { mode: 'single' },
      { seed: 1 },
      { seed: 2 },
      { rubric: rubric('a') },
      { rubric: rubric('b') },
      { constraints: [exactly('one')] },
      { constraints: [exactly('other')] },
    ]
    const keys = await Promise.all([
      keyOf(base),
      ...changes.map((change) => keyOf({ ...base, ...change })),
      keyOf(base, 'another organisation'),
      keyOf(base, 'o', 'another model'),
      keyOf(base, 'o', 'm', 'code'),
      keyOf({ protocol: 'pointwise', prompt: base.prompt, responses: ['one'] }),
    ])
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('derives a missing seed from the content, the same for both orders', async () => {
    const meta = await findMetaRubric('general')
    if (!meta) throw new Error('general is missing')
    const seedOf = async (request: PairRequest) => (await toJob(request, null, meta)).job.seed
    expect(await seedOf({ ...base, responses: ['other', 'one'] })).toBe(await seedOf(base))
    expect(await seedOf({ ...base, prompt: 'Else.' })).not.toBe(await seedOf(base))
  })
})
