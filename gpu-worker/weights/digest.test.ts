import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { digestOfAll, rememberedSha256 } from './digest.ts'
import { scratchFolder } from './testing/scratch-folder.ts'

const home = await scratchFolder()
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('a digest is remembered until the file changes', async () => {
  const path = join(home, 'weights')
  await writeFile(path, 'one')
  expect(await rememberedSha256(home, path)).toBe(sha256('one'))
  const [note = ''] = await readdir(join(home, 'digests'))
  const remembered = await readFile(join(home, 'digests', note), 'utf8')
  await writeFile(join(home, 'digests', note), remembered.replace(sha256('one'), sha256('not read again')))
  expect(await rememberedSha256(home, path)).toBe(sha256('not read again'))
  await writeFile(path, 'two')
  expect(await rememberedSha256(home, path)).toBe(sha256('two'))
})

test('the digest of several files depends on names and contents, not on their order', () => {
  const of = (...files: [string, string][]) => digestOfAll(new Map(files))
  expect(of(['a', '1'], ['b', '2'])).toBe(of(['b', '2'], ['a', '1']))
  expect(new Set([of(['a', '1'], ['b', '2']), of(['a', '2'], ['b', '1']), of(['a', '1'])]).size).toBe(3)
})
