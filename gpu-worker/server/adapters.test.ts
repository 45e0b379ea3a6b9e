import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { pairJudgment } from '../../shared/protocol/judgment.ts'
import { fakeEngine } from '../testing/fake-engine.ts'
import { post, start } from '../testing/running-worker.ts'

const hello = { messages: [{ role: 'user', content: 'What colour is the sky?' }] }

let home: string
let root: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-adapters-'))
  root = join(home, 'adapters')
  await adapterAt(join(root, 'strict'))
  await adapterAt(join(home, 'elsewhere'))
})
afterEach(() => rm(home, { recursive: true }))

async function adapterAt(folder: string) {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'adapter_config.json'), '{}')
  await writeFile(join(folder, 'adapter_model.safetensors'), '')
}

async function open() {
  const engine = fakeEngine({ context: 10_000 })
  const worker = await start(engine, { adapters: root })
  const read = async (path: string) => (await fetch(worker.url + path)).json()
  return { engine, worker, read }
}

describe('adapters', () => {
  it('are loaded, listed as models, answered with, judged with and unloaded', async () => {
    const { engine, worker, read } = await open()
    const loaded = await post(worker, '/v1/adapters', { name: 'strict', path: 'strict' })
    expect(loaded.status).toBe(201)
    const adapter = { id: 'strict', object: 'adapter', model: 'fake-1m:strict', rank: 8 }
    expect(await loaded.json()).toMatchObject(adapter)
    expect(await read('/v1/adapters')).toMatchObject({ object: 'list', data: [adapter] })
    expect(await read('/v1/models')).toMatchObject({
      data: [{ id: 'fake-1m' }, { id: 'fake-1m:strict', parent: 'fake-1m' }],
    })
    for (const model of ['fake-1m:strict', 'strict']) {
      const answer = await (await post(worker, '/v1/chat/completions', { ...hello, model })).json()
      expect(answer).toMatchObject({ model: 'fake-1m:strict' })
    }
    expect(engine.seen.map((request) => request.adapter)).toEqual(['strict', 'strict'])
    const body = { prompt: 'Say something.', responses: ['other', 'GOOD'], model: 'fake-1m:strict' }
    const judgment = pairJudgment.parse(await (await post(worker, '/v1/judgments', body)).json())
    expect(judgment).toMatchObject({ winner: 'second', model: 'fake-1m:strict' })
    expect(new Set(engine.chosen.map((request) => request.adapter))).toEqual(new Set(['strict']))

    const gone = await fetch(`${worker.url}/v1/adapters/strict`, { method: 'DELETE' })
    expect(await gone.json()).toEqual({ id: 'strict', object: 'adapter', deleted: true })
    expect((await post(worker, '/v1/judgments', body)).status).toBe(404)
    expect((await fetch(`${worker.url}/v1/adapters/strict`, { method: 'DELETE' })).status).toBe(404)
  })

  it('are loaded and unloaded by the names that vLLM has for it', async () => {
    const { engine, worker } = await open()
    const names = { lora_name: 'strict', lora_path: join(root, 'strict'), load_inplace: true }
    expect((await post(worker, '/v1/load_lora_adapter', names)).status).toBe(200)
    expect(engine.adapters.map(({ name }) => name)).toEqual(['strict'])
    const unload = () => post(worker, '/v1/unload_lora_adapter', { lora_name: 'strict', lora_int_id: 1 })
    expect((await unload()).status).toBe(200)
    expect(engine.adapters).toEqual([])
    expect((await unload()).status).toBe(404)
  })

  it.each([
    ['../elsewhere', 403, 'forbidden'],
    ['strict/../../elsewhere', 403, 'forbidden'],
    ['.', 403, 'forbidden'],
    ['/etc', 403, 'forbidden'],
    ['linked', 403, 'forbidden'],
    ['linked-bare', 403, 'forbidden'],
    ['linked-file', 403, 'forbidden'],
    ['nothing', 400, 'invalid_request'],
    ['half', 400, 'invalid_request'],
    ['strict\0', 400, 'invalid_request'],
    ['', 400, 'invalid_request'],
  ])('are not loaded from %j', async (path, status, code) => {
    await symlink(join(home, 'elsewhere'), join(root, 'linked'))
    // What lies elsewhere is not even told of.
    await symlink(home, join(root, 'linked-bare'))
    await mkdir(join(root, 'half'))
    await mkdir(join(root, 'linked-file'))
    await writeFile(join(root, 'half', 'adapter_config.json'), '{}')
    await writeFile(join(root, 'linked-file', 'adapter_config.json'), '{}')
    const weights = 'adapter_model.safetensors'
    await symlink(join(home, 'elsewhere', weights), join(root, 'linked-file', weights))
    const { engine, worker } = await open()
    const reply = await post(worker, '/v1/adapters', { name: 'a', path })
    expect([reply.status, await reply.json()]).toMatchObject([status, { error: { code, param: 'path' } }])
    expect(engine.adapters).toEqual([])
  })

  it.each(['', '../a', 'a/b', 'a:b', 'x'.repeat(65), 7])('are not named %j', async (name) => {
    const { worker } = await open()
    const reply = await post(worker, '/v1/adapters', { name, path: 'strict' })
    expect([reply.status, await reply.json()]).toMatchObject([400, { error: { param: 'name' } }])
  })

  it('are for those who hold the key', async () => {
    const worker = await start(fakeEngine(), { secret: 'hush', open: false, adapters: root })
    for (const path of ['/v1/adapters', '/v1/load_lora_adapter', '/v1/unload_lora_adapter']) {
      expect((await post(worker, path, { name: 'strict', path: 'strict' })).status).toBe(401)
    }
  })

  it('can lie in a root that is a link', async () => {
    const link = join(home, 'link')
    await symlink(root, link)
    const worker = await start(fakeEngine(), { adapters: link })
    for (const path of ['strict', join(link, 'strict'), join(root, 'strict')]) {
      expect((await post(worker, '/v1/adapters', { name: 'strict', path })).status).toBe(201)
    }
  })
})
