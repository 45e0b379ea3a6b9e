import * as fused from '../../fused.ts'
import type { Graph } from '../../graph.ts'
import * as ops from '../../ops.ts'
import type { HostTensor } from '../../testing/run-graph.ts'
import type { Value } from '../../types.ts'
import type { Case } from './differences.ts'

/** For every operator, uses whose gradients are held against differences in float64. */

/** Numbers of both signs, none near another or near 0. */
export function doubles(dims: readonly number[], phase = 0): HostTensor & { values: Float64Array } {
  const count = dims.reduce((product, size) => product * size, 1)
  const values = Float64Array.from({ length: count }, (_, i) => Math.sin(2.3 * i + phase + 0.7) + 0.011 * i)
  return { dtype: 'float64', dims, values }
}

export function positive(dims: readonly number[], phase = 0): HostTensor {
  const { values } = doubles(dims, phase)
  return { dtype: 'float64', dims, values: values.map((value) => Math.abs(value) + 0.4) }
}

export function indices(dims: readonly number[], values: readonly number[]): HostTensor {
  return { dtype: 'int64', dims, values: BigInt64Array.from(values, BigInt) }
}

type Build = (g: Graph, x: Value, y: Value, z: Value) => Value | Value[]

function of(inputs: readonly HostTensor[], build: Build): Case {
  return {
    inputs,
    build: (g, values) => {
      const [x, y = x, z = x] = values
      if (!x || !y || !z) throw new TypeError('a case has an input')
      const outputs = build(g, x, y, z)
      return { outputs: Array.isArray(outputs) ? outputs : [outputs] }
    },
  }
}

const X = doubles([2, 3])
const ROW = doubles([3], 1)
const COLUMN = doubles([2, 1], 2)

const unary = (op: (g: Graph, x: Value) => Value, x = X) => [of([x], op)]
const binary = (op: (g: Graph, x: Value, y: Value) => Value) =>
  [
    [X, doubles([2, 3], 1)],
    [X, ROW],
    [COLUMN, ROW],
    [doubles([]), X],
  ].map((inputs) => of(inputs, op))
/** Both transposed or not, as matrices, as stacks of them, and as a stack with one matrix. */
const products = (op: (g: Graph, a: Value, b: Value, form: fused.Product) => Value, forms: fused.Product[]) =>
  forms.flatMap((form) => {
    const left = form.transA ? [3, 2] : [2, 3]
    const right = form.transB ? [4, 3] : [3, 4]
    return [
      [left, right],
      [[2, ...left], right],
      [
        [2, 1, ...left],
        [2, ...right],
      ],
    ].map(([a = [], b = []]) => of([doubles(a), doubles(b, 1)], (g, x, y) => op(g, x, y, form)))
  })

export const CASES: Readonly<Record<string, readonly Case[]>> = {
  Identity: unary(ops.identity),
  Cast: unary((g, x) => ops.cast(g, ops.cast(g, x, 'float64'), 'float64')),
  Add: binary(ops.add),
  Sub: binary(ops.sub),
  Mul: binary(ops.mul),
  Div: binary(ops.div),
  Pow: [of([positive([2, 3]), ROW], ops.pow)],
  Neg: unary(ops.neg),
  Exp: unary(ops.exp),
  Log: unary(ops.log, positive([2, 3])),
  Sqrt: unary(ops.sqrt, positive([2, 3])),
  Reciprocal: unary(ops.reciprocal, positive([2, 3])),
  Min: binary(ops.min),
  Max: binary(ops.max),
  Where: [of([X, ROW], (g, x, y) => ops.where(g, ops.atLeast(g, x, y), x, ops.mul(g, y, y)))],
  Clip: unary((g, x) => ops.clip(g, x, ops.scalar(g, -0.5, 'float64'), ops.scalar(g, 0.5, 'float64'))),
  Sigmoid: unary(ops.sigmoid),
  Tanh: unary(ops.tanh),
  Softplus: unary(ops.softplus),
  Gelu: unary(ops.gelu),
  Softmax: unary(ops.softmax),
  LogSoftmax: unary(ops.logSoftmax),
  ReduceSum: unary((g, x) => ops.reduceSum(g, x, [1])),
  ReduceMean: unary((g, x) => ops.reduceMean(g, x, [-1], true)),
  ReduceSumSquare: unary((g, x) => ops.reduceSumSquare(g, x, [0, 1])),
  ReduceMax: unary((g, x) => ops.reduceMax(g, x, [1])),
  MatMul: products((g, a, b) => ops.matmul(g, a, b), [{}]),
}
void fused
void indices
