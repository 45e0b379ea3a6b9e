import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { matmulTransposed } from '../../onnx/fused.ts'
import { Graph } from '../../onnx/graph.ts'
import { openDevice } from '../open-device.ts'

const SIDE = 3072
const BYTES = SIDE * SIDE * 4

/** Bytes of this process that are no file's: what the machine can't drop when memory is short. */
function ownMemory(): number {
  const [, kilobytes] = /Anonymous:\s+(\d+)/.exec(readFileSync('/proc/self/smaps_rollup', 'utf8')) ?? []
  return 1024 * Number(kilobytes)
}

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
