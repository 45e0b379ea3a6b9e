import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Checkpoint } from '../checkpoint.ts'
import { readCheckpoint } from '../read-checkpoint.ts'
import { ggufBytes, writeFiles } from '../testing/model-files.ts'
import { scratchFolder } from '../testing/scratch-folder.ts'
import { GGUF, values } from '../testing/small-models.ts'

const folder = await scratchFolder()
let made = 0

async function readGguf(bytes: Uint8Array): Promise<Checkpoint> {
  const place = join(folder, String(made++))
  await writeFiles(place, { 'm.gguf': bytes })
  return readCheckpoint({ path: join(place, 'm.gguf') })
}

test('a GGUF file is read with its settings, tensors and tokenizer', async () => {
  const checkpoint = await readGguf(GGUF)
  expect(checkpoint).toMatchObject({ format: 'gguf', architecture: 'llama' })
  expect(checkpoint.settings.number('llama.block_count')).toBe(2)
  expect(await values(checkpoint, 'token_embd.weight')).toEqual([1, 2, 3, 4, 5, 6])
  expect(await values(checkpoint, 'vector')).toEqual(Array(32).fill(2))
  expect(checkpoint.tokenizer).toMatchObject({
    tokenizer: { added_tokens: [{ id: 2, content: '<end>', special: true }] },
    config: { eos_token: '<end>', eos_token_id: [2] },
  })
})

test('the last byte of a GGUF file is missed', async () => {
  const end = GGUF.length - 32 + (34 % 32) - 1
  await expect(readGguf(GGUF.subarray(0, end))).rejects.toThrow(/is cut short at \d+ of \d+ bytes; delete it/)
  expect((await readGguf(GGUF.subarray(0, end + 1))).tensors.size).toBe(2)
})

const one = (type: number, shape: number[], bytes = 256) =>
  ggufBytes({ 'general.architecture': 'llama' }, { odd: { shape, type, bytes: Buffer.alloc(bytes) } })
test.for<[string, Buffer, RegExp]>([
  [
    'an encoding we do not know',
    one(10, [256]),
    /stores odd as Q2_K; use a GGUF file whose tensors are F32, /,
  ],
  ['half a block', one(8, [48]), /what can't be of its tensor odd/],
  ['no architecture', ggufBytes({}), /has no general\.architecture that is a string/],
  ['one part of several', ggufBytes({ 'split.count': 3 }), /one of several parts of a model/],
  ['prose', Buffer.from('Once upon a time there was a file that was no model.'), /not a whole GGUF file/],
  ['nothing', Buffer.alloc(0), /not a whole GGUF file/],
])('%s in GGUF is said in one sentence', async ([, bytes, sentence]) => {
  await expect(readGguf(bytes)).rejects.toThrow(sentence)
})

test('a GGUF tokenizer of an unknown kind is refused when it is asked for', async () => {
  const checkpoint = await readGguf(
    ggufBytes({
      'general.architecture': 'llama',
      'tokenizer.ggml.model': 'gpt2',
      'tokenizer.ggml.pre': 'toString',
      'tokenizer.ggml.tokens': ['a'],
      'tokenizer.ggml.token_type': [1],
    }),
  )
  expect(() => checkpoint.tokenizer).toThrow(
    /kind gpt2 with toString splitting; use a model with llama, or gpt2 and/,
  )
})
