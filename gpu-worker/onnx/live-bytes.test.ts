import { expect, test } from 'vitest'
import { Graph } from './graph.ts'
import { liveBytes } from './live-bytes.ts'
import * as ops from './ops.ts'

const ROW = 4 * 100

test('counts what is alive together: a value until its last reader, under whatever sizes', () => {
  const g = new Graph()
  const x = g.input('x', 'float32', [1, 100])
  const kept = ops.exp(g, x)
  const turned = ops.reshape(g, kept, [100])
  let last = ops.exp(g, x)
  for (let i = 0; i < 5; i++) last = ops.exp(g, last)
  // `kept` and two of the chain are alive at each of its links; what is bound from outside isn't counted.
  g.output('y', ops.mul(g, last, ops.unsqueeze(g, turned, 0)))
  expect(liveBytes(g)).toBe(3 * ROW)
})

test('leaves out what no output depends on, inputs and constants', () => {
  const g = new Graph()
  const x = g.input('x', 'float32', [100])
  ops.exp(g, ops.exp(g, x))
  g.output('y', ops.add(g, x, g.floats('c', new Float32Array(100), [100])))
  expect(liveBytes(g)).toBe(0)
})

test('counts elements by their type', () => {
  const g = new Graph()
  const wide = ops.cast(g, g.input('x', 'float32', [100]), 'float64')
  g.output('y', ops.cast(g, wide, 'float16'))
  expect(liveBytes(g)).toBe(8 * 100)
})
