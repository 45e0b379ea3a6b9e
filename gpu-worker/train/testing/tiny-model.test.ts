import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEngine } from '../../generate/open-engine.ts'
import { writeReply } from '../../generate/testing/real-model.ts'
import { createChat } from '../../text/chat.ts'
import { createTokenizer } from '../../text/tokenizer.ts'
import { readCheckpoint } from '../../weights/read-checkpoint.ts'
import { scratchFolder } from '../../weights/testing/scratch-folder.ts'
import { tinyModel } from './tiny-model.ts'

const TEXTS = ['say red twice', 'red red\nblue']

test('the engine opens it, and its weights are those of its seed', async () => {
  const folder = await scratchFolder()
  const weights = async (name: string, seed: number) => {
    await tinyModel(join(folder, name), seed, TEXTS)
    return readFile(join(folder, name, 'model.safetensors'))
  }
  const first = await weights('first', 3)
  expect(first.equals(await weights('again', 3))).toBe(true)
  expect(first.equals(await weights('other', 4))).toBe(false)
  expect(first.length / 4).toBeLessThan(1_000_000)
  const engine = await openEngine({ reference: `file:${join(folder, 'first')}`, home: folder, threads: 1 })
  const reply = await writeReply(engine, 'say red twice', { maxTokens: 5 })
  expect(reply.tokens.length).toBeGreaterThan(0)
  await engine.close()
})

test('a word is a token, a turn ends with one, and what is unknown is spelled', async () => {
  const folder = await scratchFolder()
  await tinyModel(folder, 1, TEXTS)
  const { tokenizer: files } = await readCheckpoint({ path: folder })
  const tokenizer = createTokenizer(files)
  expect(tokenizer.encode('say red red\nblue')).toHaveLength(5)
  expect(tokenizer.encode(' zoo')).toHaveLength(4)
  const chat = createChat(files, tokenizer)([{ role: 'user', content: 'say red' }])
  expect(chat.map(tokenizer.isControl)).toEqual([true, false, false, true, true])
  expect(tokenizer.ends.has(chat[3] ?? -1)).toBe(true)
})
