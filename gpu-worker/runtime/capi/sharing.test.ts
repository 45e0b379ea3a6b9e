import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { matmulTransposed } from '../../onnx/fused.ts'
import { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { Session } from '../device.ts'
import { openDevice } from '../open-device.ts'

const SIDE = 3072
const BYTES = SIDE * SIDE * 4

/** Bytes of this process that are no file's: what the machine can't drop when memory is short. */
function ownMemory(): number {
  const [, kilobytes] = /Anonymous:\s+(\d+)/.exec(readFileSync('/proc/self/smaps_rollup', 'utf8')) ?? []
  return 1024 * Number(kilobytes)
}

const ELEMENTS = 2 ** 24

/** What two sessions that compute with values of 64 MB took, while they were there and after. */
async function twoArenas(arena: 'own' | 'shared'): Promise<{ there: number; after: number }> {
  const device = await openDevice({ provider: 'cpu', threads: 1 })
  const before = ownMemory()
  const sessions: Session[] = []
  const [x, sum] = [device.allocate('float32', [1]), device.allocate('float32', [1])]
  x.write(Float32Array.of(0))
  for (const parts of [1, 2]) {
    const g = new Graph()
    const shape = [parts, ELEMENTS / parts]
    const wide = ops.expand(g, g.input('x', 'float32', [1]), g.ints(shape), shape)
    const mean = ops.reduceMean(g, ops.exp(g, wide), [0, 1])
    g.output('mean', ops.reshape(g, mean, [1]))
    const weights = { path: '', initializers: [] }
    const session = await device.openSession({ model: g.encode(), weights, arena })
    await session.run({ x }, { mean: sum })
    expect(sum.read()[0]).toBe(1)
    sessions.push(session)
  }
  const there = ownMemory() - before
  for (const each of [...sessions, x, sum]) each.dispose()
  device.dispose()
  return { there, after: ownMemory() - before }
}

test('sessions that share an arena take what one of them needs, and give it back', async () => {
  const [own, shared] = [await twoArenas('own'), await twoArenas('shared')]
  expect(shared.there).toBeGreaterThan(4 * ELEMENTS)
  expect(shared.there).toBeLessThan(0.7 * own.there)
  expect(shared.after).toBeLessThan(2 * ELEMENTS)
  // Another device's arena is registered anew.
  expect((await twoArenas('shared')).there).toBeLessThan(0.7 * own.there)
})

test('sessions share a weights file, and what kernels packed of it, and the last one gives it back', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-sharing-'))
  const path = join(folder, 'weights.bin')
  await writeFile(path, new Uint8Array(BYTES))
  const g = new Graph()
  const x = g.input('x', 'float32', ['n', SIDE])
  const w = g.weight('w', 'float32', [SIDE, SIDE], { location: 'weights.bin', offset: 0, length: BYTES })
  g.output('result', matmulTransposed(g, x, w))
  const initializers = [{ name: 'w', dtype: 'float32', dims: [SIDE, SIDE], offset: 0 }] as const
  const device = await openDevice({ provider: 'cpu', threads: 1 })
  const open = () => device.openSession({ model: g.encode(), weights: { path, initializers } })

  const before = ownMemory()
  const first = await open()
  const one = ownMemory()
  const second = await open()
  const two = ownMemory()
  for (const session of [first, second]) session.dispose()
  const none = ownMemory()
  device.dispose()
  await rm(folder, { recursive: true })

  // The processor's kernel keeps one packed copy; the file itself is mapped.
  expect(one - before).toBeLessThan(1.4 * BYTES)
  expect(two - one).toBeLessThan(0.2 * BYTES)
  expect(none - before).toBeLessThan(0.4 * BYTES)
})
