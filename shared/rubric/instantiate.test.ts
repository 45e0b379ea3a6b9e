import { describe, expect, it } from 'vitest'
import { type Memory, memoryKey } from '../model/memory.ts'
import { general } from '../testing/judge-request.ts'
import { opinionatedModel } from '../testing/opinionated-model.ts'
import { instantiate, rubricKey } from './instantiate.ts'
import { findMetaRubric } from './meta-rubrics.ts'
import type { RubricTask } from './task.ts'

const MODEL = { identity: 'm', instantiate: 'generate' } as const

async function taskOf(change: Partial<RubricTask> = {}): Promise<RubricTask> {
  const prompt = [{ role: 'user' as const, content: 'Say something.' }]
  const plain = { prompt, responses: ['one', 'other'] satisfies [string, string], reference: null, seed: 1 }
  return { ...plain, meta_rubric: await general(), ...change }
}

/** A memory that keeps all it was given, as JSON. */
function keeping(): Memory {
  const kept = new Map<string, Promise<string>>()
  return {
    async recall(key, make) {
      const json = kept.get(key) ?? make().then((value) => JSON.stringify(value))
      kept.set(key, json)
      return JSON.parse(await json)
    },
  }
}

describe('the key of a rubric', () => {
  it('changes with everything that the rubric is made from', async () => {
    const code = await findMetaRubric('code')
    if (!code) throw new Error('code is missing')
    const changes: Partial<RubricTask>[] = [
      {},
      { prompt: [{ role: 'user', content: 'Say something else.' }] },
      { responses: ['one', 'another'] },
      { responses: null },
      { reference: 'one' },
      { seed: 2 },
      { meta_rubric: code },
    ]
    const keys = await Promise.all([
      ...changes.map(async (change) => rubricKey(await taskOf(change), MODEL)),
      rubricKey(await taskOf(), { ...MODEL, identity: 'another' }),
      rubricKey(await taskOf(), { ...MODEL, instantiate: 'select' }),
      memoryKey('intent', MODEL, await taskOf()),
    ])
    expect(new Set(keys).size).toBe(keys.length)
  })
})

describe('instantiate', () => {
  it('makes a rubric once, and the intent of a prompt once for all its pairs', async () => {
    const model = opinionatedModel({ instantiate: 'generate', verdicts: 'generate' })
    const context = { model, secret: 's', memory: keeping() }
    const first = await instantiate(await taskOf(), context)
    expect(await instantiate(await taskOf(), context)).toEqual(first)
    await instantiate(await taskOf({ responses: ['one', 'another'], seed: 2 }), context)
    expect(model.calls.toSorted()).toEqual(['difference', 'difference', 'intent', 'rubric', 'rubric'])
  })

  it('lets only the fatal clauses veto: another fatal criterion is a core one', async () => {
    const criterion = { title: 'Is right', description: 'It is.', level: 'fatal' }
    const clauses = ['factuality', 'correctness', 'invented', null]
    const rubric = () => JSON.stringify({ criteria: clauses.map((clause) => ({ ...criterion, clause })) })
    const model = opinionatedModel({ instantiate: 'generate', verdicts: 'generate', replies: { rubric } })
    const { criteria } = await instantiate(await taskOf(), { model, secret: 's', memory: keeping() })
    expect(criteria.map(({ level, clause }) => [level, clause])).toEqual([
      ['fatal', 'factuality'],
      ['core', 'correctness'],
      ['core', undefined],
      ['core', undefined],
    ])
  })

  it('refuses a criterion with text that cannot be hashed without loss', async () => {
    const rubric = () => '{"criteria":[{"title":"\\ud800","description":"d","level":"core","clause":null}]}'
    const model = opinionatedModel({ instantiate: 'generate', verdicts: 'generate', replies: { rubric } })
    await expect(
      instantiate(await taskOf(), { model, secret: 's', memory: keeping() }),
    ).rejects.toMatchObject({ code: 'reply_invalid' })
  })
})
