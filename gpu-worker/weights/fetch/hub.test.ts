import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Progress } from '../progress.ts'
import { readCheckpoint } from '../read-checkpoint.ts'
import { type HubServer, openHub } from '../testing/hub-server.ts'
import { float32Safetensors } from '../testing/model-files.ts'
import { scratchFolder } from '../testing/scratch-folder.ts'
import { resolveModel } from './resolve.ts'

const folder = await scratchFolder()
const open: HubServer[] = []
afterEach(() => {
  for (const hub of open.splice(0)) hub.close()
})

async function begin(files: Readonly<Record<string, string | Uint8Array>>) {
  const hub = await openHub(files)
  open.push(hub)
  const home = await mkdtemp(join(folder, 'home-'))
  const seen: Progress[] = []
  const fetchModel = (signal?: AbortSignal) =>
    resolveModel('hf:org/repo', {
      home,
      hubUrl: hub.url,
      onProgress: (progress) => seen.push(progress),
      ...(signal && { signal }),
    })
  return { hub, home, seen, fetchModel }
}

/** Large enough that no buffer between the two sides holds it. */
const WEIGHTS = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => Math.imul(i, 2654435761) >>> 13))
const partials = (home: string) => readdir(join(home, 'models', 'downloads'))

test('a download that is cut off goes on where it stopped, and its bar with it', async () => {
  const { hub, home, seen, fetchModel } = await begin({ 'm-Q8_0.gguf': WEIGHTS })
  // More often than a connection may bring nothing.
  hub.cutAfter = 600_000
  const { path } = await fetchModel()
  expect((await readFile(path)).equals(WEIGHTS)).toBe(true)
  const starts = hub.asked.slice(1).map((range) => Number(/\d+/.exec(range ?? '')?.[0]))
  expect(starts.length).toBeGreaterThan(1)
  expect(starts.every((start, i) => start > (starts[i - 1] ?? 0))).toBe(true)
  const done = seen.filter(({ phase }) => phase === 'download').map((progress) => progress.done)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(seen.findLast(({ phase }) => phase === 'download')).toMatchObject({
    done: 3_000_000,
    total: 3_000_000,
  })
  expect(await partials(home)).toEqual([])
})

test('what a killed process had fetched is not fetched again', async () => {
  const { hub, home, fetchModel } = await begin({ 'm-Q8_0.gguf': WEIGHTS })
  hub.cutAfter = 1_000_000
  hub.stall = true
  const script = `
    const { resolveModel } = await import(${JSON.stringify(join(import.meta.dirname, 'resolve.ts'))})
    await resolveModel('hf:org/repo', { home: ${JSON.stringify(home)}, hubUrl: '${hub.url}', onProgress: () => {} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  const part = join(home, 'models', 'downloads', encodeURIComponent('org/repo@abc'), 'm-Q8_0.gguf.part')
  await expect
    .poll(async () => (await stat(part).catch(() => null))?.size, { timeout: 20_000 })
    .toBe(1_000_000)
  child.kill('SIGKILL')
  hub.cutAfter = null
  const { path } = await fetchModel()
  expect((await readFile(path)).equals(WEIGHTS)).toBe(true)
  expect(hub.asked).toEqual([null, 'bytes=1000000-'])
})

test('a download that was given up goes on at the next call', async () => {
  const { hub, fetchModel } = await begin({ 'm-Q8_0.gguf': WEIGHTS })
  hub.cutAfter = 1_000_000
  hub.stall = true
  await expect(fetchModel(AbortSignal.timeout(1000))).rejects.toThrow('timeout')
  hub.cutAfter = null
  await fetchModel()
  expect(hub.asked).toEqual([null, 'bytes=1000000-'])
})

test('a server that knows no ranges is asked for all of it', async () => {
  const { hub, fetchModel } = await begin({ 'm-Q8_0.gguf': WEIGHTS })
  hub.cutAfter = 1_000_000
  hub.stall = true
  await expect(fetchModel(AbortSignal.timeout(1000))).rejects.toThrow('timeout')
  hub.cutAfter = null
  hub.ranges = false
  const { path } = await fetchModel()
  expect((await readFile(path)).equals(WEIGHTS)).toBe(true)
})

test('a file that is another one by now is fetched from its beginning', async () => {
  const { hub, fetchModel } = await begin({ 'm-Q8_0.gguf': WEIGHTS })
  hub.cutAfter = 1_000_000
  hub.stall = true
  await expect(fetchModel(AbortSignal.timeout(1000))).rejects.toThrow('timeout')
  const other = Buffer.from(WEIGHTS.toReversed())
  hub.files.set('m-Q8_0.gguf', other)
  hub.cutAfter = null
  const { path } = await fetchModel()
  expect((await readFile(path)).equals(other)).toBe(true)
})

test('a connection that brings nothing any more is given up with a sentence, and what came is kept', async () => {
  const { hub, home, fetchModel } = await begin({ 'm-Q8_0.gguf': WEIGHTS })
  hub.cutAfter = 0
  await expect(fetchModel()).rejects.toThrow(
    /^The download of m-Q8_0\.gguf broke off at 0 bytes; check the reference/,
  )
  expect(hub.asked.length).toBe(4)
  expect(await partials(home)).toEqual([encodeURIComponent('org/repo@abc')])
})

const MODEL = {
  'README.md': 'not fetched',
  'config.json': '{"model_type":"llama"}',
  'tokenizer.json': '{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}',
  'model.safetensors.index.json': JSON.stringify({
    weight_map: {
      'model.embed_tokens.weight': 'model-00001-of-00002.safetensors',
      b: 'model-00002-of-00002.safetensors',
    },
  }),
  'model-00001-of-00002.safetensors': float32Safetensors({
    'model.embed_tokens.weight': [
      [1, 2],
      [1, 2],
    ],
  }),
  'model-00002-of-00002.safetensors': float32Safetensors({ b: [[1], [3]] }),
  'consolidated.safetensors': 'not fetched either',
}

test('a repository without GGUF is fetched as a folder, once, and found again without the hub', async () => {
  const { hub, home, seen, fetchModel } = await begin(MODEL)
  const model = await fetchModel()
  expect((await readdir(model.path)).sort()).toEqual(
    Object.keys(MODEL)
      .filter((name) => !/^(README|cons)/.test(name))
      .sort(),
  )
  expect(model.path.endsWith('/repo')).toBe(true)
  expect((await readCheckpoint(model)).tensors.size).toBe(2)
  const sizes = seen.filter(({ phase }) => phase === 'download').map(({ done, total }) => [done, total])
  expect(sizes.at(-1)?.[0]).toBe(sizes.at(-1)?.[1])
  const asked = hub.asked.length
  expect(await fetchModel()).toEqual(model)
  expect(hub.asked.length).toBe(asked)
  expect(await resolveModel(`file:${model.path}`, { home, onProgress: () => {} })).toEqual(model)
  hub.close()
  expect(await fetchModel()).toEqual(model)
})

test('GGUF comes first where a repository has both', async () => {
  const { fetchModel } = await begin({ ...MODEL, 'm-f16.gguf': 'F16', 'm.Q4_K_M.gguf': 'Q4' })
  expect(await readFile((await fetchModel()).path, 'utf8')).toBe('F16')
})

test.for([{ 'm-Q8_0.gguf': WEIGHTS }, MODEL])(
  'other bytes than promised are refused and not kept',
  async (files) => {
    const { hub, home, fetchModel } = await begin(files)
    hub.honest = false
    await expect(fetchModel()).rejects.toThrow(
      /arrived with (SHA-256|the git name) \w+ instead of \w+; fetch it again/,
    )
    const [left = ''] = await partials(home)
    expect(
      (await readdir(join(home, 'models', 'downloads', left))).filter((name) => !name.endsWith('.etag')),
    ).toEqual([])
  },
)

test('a repository with nothing to read is refused by what it lacks', async () => {
  const { fetchModel } = await begin({ 'config.json': '{}', 'pytorch_model.bin': 'x' })
  await expect(fetchModel()).rejects.toThrow(
    /org\/repo has neither a GGUF file of type Q8_0, .* nor config\.json/,
  )
})
