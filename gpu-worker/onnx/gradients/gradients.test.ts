import { afterAll, beforeAll, expect, test } from 'vitest'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Device } from '../../runtime/device.ts'
import { openDevice } from '../../runtime/open-device.ts'
import { Graph } from '../graph.ts'
import * as ops from '../ops.ts'
import { float32, int64, runGraph } from '../testing/run-graph.ts'
import type { Value } from '../types.ts'
import { type GradientOptions, gradients } from './gradients.ts'
import { cotangent } from './rule.ts'
import { RULES } from './rules.ts'
import { doubles } from './testing/cases.ts'
import { computedGradients, difference, numericGradients } from './testing/differences.ts'

let device: Device
beforeAll(async () => {
  device = await openDevice({ provider: 'cpu', threads: 2 })
})
afterAll(() => device.dispose())

const X = float32([3], [1, 2, 3])
const sum = (g: Graph, x: Value) => ops.reduceSum(g, x, [0])

/** The gradients by all inputs of the loss that `build` makes of them. */
const gradientsOf = (
  inputs: readonly (typeof X)[],
  build: (g: Graph, x: Value, y: Value) => { loss: Value; options?: GradientOptions },
) =>
  runGraph(device, inputs, (g, values) => {
    const [x, y = x] = values
    if (!x || !y) return []
    const { loss, options } = build(g, x, y)
    return gradients(g, loss, values, options)
  })

test('what reaches the loss by several ways adds up', async () => {
  const build = (g: Graph, x: Value) => ({ loss: sum(g, ops.add(g, ops.mul(g, x, x), ops.add(g, x, x))) })
  expect(await gradientsOf([X], build)).toEqual([[4, 6, 8]])
})

test('gradients that are equal are outputs of their own', async () => {
  const build = (g: Graph, x: Value, y: Value) => ({ loss: sum(g, ops.add(g, x, y)) })
  expect(await gradientsOf([X, X], build)).toEqual([
    [1, 1, 1],
    [1, 1, 1],
  ])
})

test('a missing rule is an error that names the operator', () => {
  const g = new Graph()
  const x = g.input('x', 'float32', [3])
  const loss = sum(g, g.op('Erf', [x], x))
  const failed = () => gradients(g, loss, [x])
  expect(failed).toThrow(PlumblineError)
  expect(failed).toThrow('Erf has no backward rule; add one to the tables in gpu-worker/onnx/gradients.')
})

test('nodes off the paths from what is differentiated to the loss need no rule', async () => {
  const build = (g: Graph, x: Value, y: Value) => {
    g.op('Erf', [x], x)
    return { loss: sum(g, ops.mul(g, ops.mul(g, x, y), g.op('Round', [ops.identity(g, constant(g))], x))) }
  }
  expect(await gradientsOf([X, X], build)).toEqual([
    [2, 4, 6],
    [2, 4, 6],
  ])
})

const constant = (g: Graph) => g.floats('twos', Float32Array.of(2, 2, 2), [3])

test('integers and truth values end a path', async () => {
  const build = (g: Graph, x: Value, y: Value) => {
    const whole = ops.cast(g, ops.cast(g, x, 'int64'), 'float32')
    return { loss: sum(g, ops.mul(g, ops.where(g, ops.atLeast(g, x, constant(g)), x, whole), y)) }
  }
  expect(await gradientsOf([X, X], build)).toEqual([
    [0, 2, 3],
    [1, 2, 3],
  ])
})

test('a loss that does not depend on a value is an error that names it', () => {
  const g = new Graph()
  const [x, y] = [g.input('x', 'float32', [3]), g.input('y', 'float32', [3])]
  expect(() => gradients(g, sum(g, x), [x, y])).toThrow("the loss doesn't depend on y")
  expect(() => gradients(g, x, [x])).toThrow('a loss is one number')
})

test('nothing flows back through what counts as a constant', async () => {
  const build = (g: Graph, x: Value) => {
    const fixed = ops.identity(g, x)
    return { loss: sum(g, ops.mul(g, x, fixed)), options: { constants: [fixed] } }
  }
  expect(await gradientsOf([X], build)).toEqual([[1, 2, 3]])
})

test('a part of the graph may have a rule of its own', async () => {
  const build = (g: Graph, x: Value, y: Value) => {
    // Round has no rule, and needs none where the part says what its gradient is: here 10 times what comes.
    const rounded = ops.mul(g, g.op('Round', [x], x), y)
    const ten = ops.scalar(g, 10, 'float32')
    const derivatives = [
      {
        op: 'rounded',
        inputs: [x, y],
        outputs: [rounded],
        rule: (use: Parameters<typeof cotangent>[0]) => [() => ops.mul(g, cotangent(use), ten), null],
      },
    ]
    return { loss: sum(g, ops.mul(g, rounded, y)), options: { derivatives } }
  }
  expect(await gradientsOf([X, X], build)).toEqual([
    [10, 20, 30],
    // Of the product alone: the part says nothing of y.
    [1, 4, 9],
  ])
})

test('a rule of its own can not stand for some outputs of a node alone', () => {
  const g = new Graph()
  const x = g.input('x', 'float32', [3])
  const [first = x, second = x] = ops.split(g, x, [2, 1])
  const derivatives = [{ op: 'half', inputs: [x], outputs: [first], rule: () => [null] }]
  const failed = () => gradients(g, sum(g, second), [x], { derivatives })
  expect(failed).toThrow('half has some outputs of a Split alone')
})

test('the backward pass may begin at several values whose gradients are given', async () => {
  const found = await runGraph(device, [X, X], (g, [x, y]) => {
    if (!x || !y) return []
    const seeds = [
      { value: ops.mul(g, x, x), cotangent: y },
      { value: ops.neg(g, x), cotangent: constant(g) },
    ]
    return gradients(g, seeds, [x])
  })
  expect(found).toEqual([[0, 6, 16]])
})

test('what many threads gather from one row adds up, the same each time', async () => {
  const [rows, width, reads] = [5, 64, 4000]
  const table = float32([rows, width], new Float32Array(rows * width))
  const at = int64(
    [reads],
    Array.from({ length: reads }, (_, i) => (i * 7) % rows),
  )
  for (let run = 0; run < 5; run++) {
    const [found] = await runGraph(device, [table, at], (g, [x, indices]) => {
      if (!x || !indices) return []
      return gradients(g, ops.reduceSum(g, ops.gather(g, x, indices, 0), [0, 1]), [x])
    })
    expect(new Set(found)).toEqual(new Set([reads / rows]))
  }
})

test('differences find a rule that is broken', async () => {
  const wrong = { ...RULES, Sub: RULES.Add ?? (() => []) }
  const broken = { Sub: wrong, none: RULES }
  const differ = async (rules: typeof RULES) => {
    const one = {
      inputs: [doubles([2, 3]), doubles([3], 1)],
      build: (g: Graph, [x, y]: Value[]) => ({
        outputs: x && y ? [ops.sub(g, x, y)] : [],
        options: { rules },
      }),
    }
    return difference(await computedGradients(device, one), await numericGradients(device, one))
  }
  expect(await differ(broken.Sub)).toBeGreaterThan(0.1)
  expect(await differ(broken.none)).toBeLessThan(1e-8)
})
