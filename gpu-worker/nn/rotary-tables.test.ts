import { expect, test } from 'vitest'
import { Graph } from '../onnx/graph.ts'
import { runGraph } from '../onnx/testing/run-graph.ts'
import { openDevice } from '../runtime/open-device.ts'
import { rotaryTables } from './rotary-tables.ts'

const FREQUENCIES = [1, 0.3, 1e-4]

test('tables are right to the last position of a long context', async () => {
  const device = await openDevice({ provider: 'cpu', threads: 1 })
  const positions = 131_072
  const [cos = [], sin = []] = await runGraph(device, [], (g) => {
    const tables = rotaryTables(g, 'rotary', FREQUENCIES, positions, 'float32')
    return [tables.cos, tables.sin]
  })
  device.dispose()
  expect(cos).toHaveLength(positions * FREQUENCIES.length)
  let worst = 0
  for (let position = 0; position < positions; position++) {
    for (const [i, frequency] of FREQUENCIES.entries()) {
      const place = position * FREQUENCIES.length + i
      worst = Math.max(worst, Math.abs((cos[place] ?? 9) - Math.cos(position * frequency)))
      worst = Math.max(worst, Math.abs((sin[place] ?? 9) - Math.sin(position * frequency)))
    }
  }
  expect(worst).toBeLessThan(2e-7)
})

test('a model of a long context stays a small message', () => {
  const g = new Graph()
  const frequencies = Array.from({ length: 64 }, (_, i) => 10_000 ** (-i / 64))
  rotaryTables(g, 'rotary', frequencies, 131_072, 'float32')
  expect(g.encode().length).toBeLessThan(500_000)
})
