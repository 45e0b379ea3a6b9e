import OpenAI, { toFile } from 'openai'
import { expect, it } from 'vitest'
import { fileObject } from '../../shared/protocol/files.ts'
import { CONVERSATIONS, newHome, startTraining, upload } from '../testing/training-worker.ts'

it('takes a file, gives it back to the byte, lists and deletes it', async () => {
  const { client } = await startTraining(await newHome())
  const text = `\uFEFF${CONVERSATIONS.join('\r\n')}\n`
  const file = fileObject.parse(await upload(client, text, 'pairs of mine.jsonl'))
  expect(file).toMatchObject({ filename: 'pairs of mine.jsonl', bytes: Buffer.byteLength(text) })
  expect(Buffer.from(await (await client.files.content(file.id)).arrayBuffer()).toString()).toBe(text)
  expect((await upload(client, text)).id).toBe(file.id)
  await upload(client, 'another')
  const names: string[] = []
  for await (const { filename } of client.files.list({ limit: 1, order: 'asc' })) names.push(filename)
  expect(names.sort()).toEqual(['data.jsonl', 'data.jsonl'])
  expect((await client.files.list({ purpose: 'batch' })).data).toEqual([])
  expect(await client.files.delete(file.id)).toEqual({ id: file.id, object: 'file', deleted: true })
  await expect(client.files.retrieve(file.id)).rejects.toMatchObject({ status: 404, code: 'file_not_found' })
  await expect(client.files.content('../../secret')).rejects.toBeInstanceOf(OpenAI.NotFoundError)
})

it('lets go of a file that has expired, unless it was sent again to stay', async () => {
  const { client } = await startTraining(await newHome())
  const file = await toFile(Buffer.from('x'), 'x.jsonl')
  const expires_after = { anchor: 'created_at', seconds: 3600 } as const
  const first = await client.files.create({ file, purpose: 'fine-tune', expires_after })
  expect(first.expires_at).toBe(first.created_at + 3600)
  const kept = await client.files.create({ file, purpose: 'fine-tune' })
  expect([kept.id, kept.expires_at]).toEqual([first.id, null])
})

it('refuses what is no upload by name', async () => {
  const { client, worker } = await startTraining(await newHome())
  const send = async (body: BodyInit) => {
    const reply = await fetch(`${worker.url}/v1/files`, { method: 'POST', body })
    return [reply.status, JSON.parse(await reply.text()).error.message]
  }
  expect(await send('{}')).toEqual([400, expect.stringContaining('multipart/form-data')])
  const form = new FormData()
  form.set('purpose', 'fine-tune')
  expect(await send(form)).toEqual([400, expect.stringContaining("'file' must be a file")])
  form.set('file', new File([''], 'x'))
  expect(await send(form)).toEqual([400, expect.stringContaining("'file' is empty")])
  const file = await toFile(Buffer.from('x'), 'x')
  await expect(client.files.create({ file, purpose: 'vision' })).rejects.toThrow(
    `'purpose' must be one of "fine-tune", "evals"`,
  )
})

it('trains an organisation on what it sent, or what no edge did', async () => {
  const { client, jobs } = await startTraining(await newHome())
  const as = (caller: string) => ({ headers: { 'X-Caller': caller } })
  const { id } = await client.files.create(
    { file: await toFile(Buffer.from(CONVERSATIONS.join('\n')), 'x.jsonl'), purpose: 'fine-tune' },
    as('ours'),
  )
  const ask = { model: 'fake-1m', training_file: id }
  expect((await jobs.create(ask, as('ours'))).training_file).toBe(id)
  await expect(jobs.create(ask, as('theirs'))).rejects.toMatchObject({
    code: 'file_not_found',
    param: 'training_file',
  })
  await upload(client)
  expect((await jobs.create(ask, as('theirs'))).training_file).toBe(id)
})
