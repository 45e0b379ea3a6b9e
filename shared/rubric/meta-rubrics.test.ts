import { describe, expect, it } from 'vitest'
import { assemble, findMetaRubric, metaRubrics } from './meta-rubrics.ts'
import { nameOf } from './name.ts'

describe('metaRubrics', () => {
  it('ships a general one and seven domains, each with an id that names its content', async () => {
    const all = await metaRubrics()
    expect(all.map(nameOf)).toEqual([
      'general@1',
      'code@1',
      'factual-qa@1',
      'mathematics@1',
      'creative-writing@1',
      'safety@1',
      'medicine@1',
      'instruction-following@1',
    ])
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  })

  it('keeps the published versions as they were published', async () => {
    const ids = Object.fromEntries((await metaRubrics()).map((meta) => [nameOf(meta), meta.id]))
    expect(ids).toEqual({
      'code@1': 'met_2fcc106b9830c50b90c5d36cf9c62482',
      'factual-qa@1': 'met_4223d42a479a49bab89a13c8ae78a1ae',
      'general@1': 'met_731dbe66b300612977f42ca13cdaf4a1',
      'creative-writing@1': 'met_021ed7a289aa2f39e86bc9ae209d0e20',
      'instruction-following@1': 'met_085f9f5c064903294a9e2376eaeb6b90',
      'mathematics@1': 'met_df1e723db0c29faf8a2bb34bac35e925',
      'medicine@1': 'met_9a2c0acf93aeb73db1c5c10285f9dfef',
      'safety@1': 'met_cf9376217fa32a9f6ba2bb961444edf7',
    })
  })

  it('lays a domain over the general pool and keeps the fatal clauses and principles', async () => {
    const [general, code] = [await findMetaRubric('general'), await findMetaRubric('code@1')]
    expect(code?.principles).toEqual(general?.principles)
    expect(code?.clauses.filter(({ level }) => level === 'fatal').map(({ id }) => id)).toEqual([
      'factuality',
      'harm',
      'alignment',
    ])
    expect(
      code?.clauses.filter(({ level }) => level !== 'fatal').every(({ id }) => id.startsWith('code-')),
    ).toBe(true)
  })

  it('finds nothing under a name or version that is not there', async () => {
    expect(await findMetaRubric('poetry')).toBeNull()
    expect(await findMetaRubric('general@9')).toBeNull()
  })

  it('refuses a layer that extends nothing and a repeated clause id', async () => {
    const layer = {
      name: 'x',
      version: 1,
      language: 'en',
      title: 'X',
      description: 'X',
      principles: [],
      fatal: [],
      pool: [],
    }
    await expect(assemble([{ ...layer, extends: 'gone@1' }])).rejects.toThrow('extends gone@1')
    await expect(assemble([layer])).rejects.toThrow('has no clause')
    const clause = { id: 'c', level: 'core' as const, title: 't', description: 'd', applies: 'a' }
    await expect(assemble([{ ...layer, pool: [clause, clause] }])).rejects.toThrow(
      "two clauses with the id 'c'",
    )
  })
})
