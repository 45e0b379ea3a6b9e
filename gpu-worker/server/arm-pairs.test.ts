import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { pairJudgment } from '../../shared/protocol/judgment.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { post, start } from '../testing/running-worker.ts'
import { scratchFolder } from '../weights/testing/scratch-folder.ts'

const RUBRIC = '1. The response is GOOD. [Hard Rule]'
const pair = { generator: 'writer', judge: 'reader', form: 'small' }
const body = { prompt: 'Say it.', responses: ['other', 'GOOD'], protocol: 'rubric-arm', model: 'fake-1m:arm' }

let root: string
beforeEach(async () => {
  root = await scratchFolder()
  for (const name of ['writer', 'reader']) {
    await mkdir(join(root, name))
    await writeFile(join(root, name, 'adapter_config.json'), '{}')
    await writeFile(join(root, name, 'adapter_model.safetensors'), '')
  }
})

/** The generator writes a rubric, the judge finds for the response that is GOOD; each is the other's worst. */
async function open() {
  const engine = fakeEngine({
    context: 10_000,
    write({ adapter, messages }) {
      if (adapter === 'writer') return [RUBRIC]
      const shown = messages.at(-1)?.content ?? ''
      const winner = /^A: GOOD/m.test(shown) ? 'A' : 'B'
      return [`1 ${winner}\nWinner: ${winner}`]
    },
  })
  const worker = await start(engine, { adapters: root })
  const load = (name: string) => post(worker, '/v1/adapters', { name, path: name })
  const make = () => post(worker, '/v1/adapters', { name: 'arm', rubric_arm: pair })
  const read = async (path: string) => (await fetch(worker.url + path)).json()
  return { engine, worker, load, make, read }
}

describe('a generator and a judge that were trained together', () => {
  it('judge as one model by rubric-arm, each doing its own part', async () => {
    const { engine, worker, load, make, read } = await open()
    for (const name of ['writer', 'reader']) await load(name)
    const made = await make()
    expect(made.status).toBe(201)
    expect(await made.json()).toEqual({ id: 'arm', object: 'rubric_arm', model: 'fake-1m:arm', ...pair })
    const ids = (list: { data: { id: string }[] }) => list.data.map(({ id }) => id)
    expect(ids(await read('/v1/adapters'))).toEqual(['writer', 'reader', 'arm'])
    expect(ids(await read('/v1/models'))).toContain('fake-1m:arm')
    expect((await read('/v1/models/fake-1m:arm')).digest).toMatch(/\+.+\+.+\+small$/)

    const judgment = pairJudgment.parse(await (await post(worker, '/v1/judgments', body)).json())
    expect(judgment).toMatchObject({ winner: 'second', score: -2, model: 'fake-1m:arm', error: null })
    expect(judgment.rubric?.criteria).toMatchObject([{ rule: 'hard_rule', title: 'The response is GOOD.' }])
    expect(judgment.orders[0]?.opinion).toMatchObject({
      gatekeeper: 'The response is GOOD.',
      analysis: {
        first: [{ criterion: 1, justification: 'no' }],
        second: [{ criterion: 1, justification: 'yes' }],
      },
    })
    expect(engine.seen.map(({ adapter }) => adapter)).toEqual(['writer', 'reader', 'reader'])
    expect(judgment.usage.judge_calls).toBe(3)
  })

  it('are made of adapters that are loaded, and gone when one of them is', async () => {
    const { worker, load, make, read } = await open()
    await load('writer')
    const early = await make()
    expect([early.status, (await early.json()).error]).toMatchObject([404, { param: 'rubric_arm.judge' }])
    await load('reader')
    await make()
    await fetch(`${worker.url}/v1/adapters/reader`, { method: 'DELETE' })
    expect((await read('/v1/models')).data).toHaveLength(2)
    expect((await post(worker, '/v1/judgments', body)).status).toBe(404)
    await load('reader')
    expect((await post(worker, '/v1/judgments', body)).status).toBe(200)
    await fetch(`${worker.url}/v1/adapters/arm`, { method: 'DELETE' })
    expect((await post(worker, '/v1/judgments', body)).status).toBe(404)
  })

  it('judge by nothing else, and are told apart from adapters by name', async () => {
    const { worker, load, make } = await open()
    for (const name of ['writer', 'reader']) await load(name)
    await make()
    const other = await post(worker, '/v1/judgments', { ...body, protocol: 'openrs' })
    expect([other.status, (await other.json()).error]).toMatchObject([400, { param: 'protocol' }])
    const taken = await post(worker, '/v1/adapters', { name: 'reader', rubric_arm: pair })
    expect([taken.status, (await taken.json()).error]).toMatchObject([400, { param: 'name' }])
    const both = await post(worker, '/v1/adapters', { name: 'x', path: 'reader', rubric_arm: pair })
    expect(both.status).toBe(400)
    const form = await post(worker, '/v1/adapters', { name: 'x', rubric_arm: { ...pair, form: 'tall' } })
    expect((await form.json()).error.message).toContain('form')
  })
})
