import * as fused from '../../fused.ts'
import type { Graph } from '../../graph.ts'
import * as ops from '../../ops.ts'
import type { HostTensor } from '../../testing/run-graph.ts'
import type { Value } from '../../types.ts'
import type { Case } from './differences.ts'

type Doubles = HostTensor & { values: Float64Array }

/** Numbers of both signs, none near another or near 0. */
export function doubles(dims: readonly number[], phase = 0): Doubles {
  const count = dims.reduce((product, size) => product * size, 1)
  const values = Float64Array.from({ length: count }, (_, i) => Math.sin(2.3 * i + phase + 0.7) + 0.011 * i)
  return { dtype: 'float64', dims, values }
}

function positive(dims: readonly number[], phase = 0): Doubles {
  const { values } = doubles(dims, phase)
  return { dtype: 'float64', dims, values: values.map((value) => Math.abs(value) + 0.4) }
}

function indices(dims: readonly number[], values: readonly number[]): HostTensor {
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
    [doubles([], 3), X],
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

/** What divides and is raised: above 0. */
const P = positive([2, 3], 1)
const CUBE = doubles([2, 3, 4])

const constant = (g: Graph, value: number) => ops.scalar(g, value, 'float64')

/** For every row of the table, uses whose gradients are held against differences. */
export const CASES: Readonly<Record<string, readonly Case[]>> = {
  Identity: unary(ops.identity),
  Cast: unary((g, x) => ops.cast(g, ops.cast(g, x, 'float64'), 'float64')),
  Add: binary(ops.add),
  Sub: binary(ops.sub),
  Mul: binary(ops.mul),
  Div: [of([X, P], ops.div), of([X, positive([3], 1)], ops.div), of([doubles([2, 1]), P], ops.div)],
  Pow: [of([P, ROW], ops.pow), of([P], (g, x) => ops.pow(g, x, constant(g, -1.5)))],
  Neg: unary(ops.neg),
  Exp: unary(ops.exp),
  Log: unary(ops.log, P),
  Sqrt: unary(ops.sqrt, P),
  Reciprocal: unary(ops.reciprocal, P),
  Min: binary(ops.min),
  Max: binary(ops.max),
  Where: [of([X, ROW], (g, x, y) => ops.where(g, ops.atLeast(g, x, y), x, ops.mul(g, y, y)))],
  Clip: unary((g, x) => ops.clip(g, x, constant(g, -0.5), constant(g, 0.5))),
  Sigmoid: unary(ops.sigmoid),
  Tanh: unary(ops.tanh),
  Softplus: unary(ops.softplus),
  Gelu: unary(ops.gelu),
  QuickGelu: unary(fused.silu),
  Softmax: unary(ops.softmax),
  LogSoftmax: unary(ops.logSoftmax),
  ReduceSum: [
    ...unary((g, x) => ops.reduceSum(g, x, [1])),
    ...unary((g, x) => ops.reduceSum(g, x, [0, -1], true), CUBE),
  ],
  ReduceMean: [
    ...unary((g, x) => ops.reduceMean(g, x, [-1], true)),
    ...unary((g, x) => ops.reduceMean(g, x, [0, 2]), CUBE),
  ],
  ReduceSumSquare: unary((g, x) => ops.reduceSumSquare(g, x, [0, 1])),
  ReduceMax: [
    ...unary((g, x) => ops.reduceMax(g, x, [1])),
    ...unary((g, x) => ops.reduceMax(g, ops.concat(g, [x, x], 1, 6), [1], true)),
  ],
  MatMul: products((g, a, b) => ops.matmul(g, a, b), [{}]),
  FusedMatMul: products(fused.product, [
    { transB: true },
    { transA: true },
    { transA: true, transB: true, scale: -0.5 },
    { scale: 3 },
  ]),
  Gemm: [
    of([X, doubles([3, 4], 1), doubles([4], 2)], ops.gemm),
    of([X, doubles([3, 4], 1), doubles([2, 4], 2)], ops.gemm),
    of([X, doubles([4, 3], 1)], ops.gemmTransposed),
    of([X, doubles([4, 3], 1), doubles([2, 4], 2)], (g, x, y, z) => {
      return ops.gemm(g, x, y, z, { transB: true, scale: -0.5 })
    }),
  ],
  Reshape: unary((g, x) => ops.reshape(g, x, [3, 2])),
  Flatten: unary((g, x) => ops.asMatrix(g, x, 6), CUBE),
  Unsqueeze: unary((g, x) => ops.unsqueeze(g, x, 1)),
  Squeeze: unary((g, x) => ops.squeeze(g, x, 1), COLUMN),
  Expand: [
    of([COLUMN], (g, x) => ops.expand(g, x, g.ints([4, 2, 3]), [4, 2, 3])),
    of([ROW], (g, x) => ops.expand(g, x, g.ints([2, 1]), [2, 3])),
  ],
  Transpose: unary((g, x) => ops.transpose(g, x, [2, 0, 1]), CUBE),
  Split: [
    of([X], (g, x) => ops.split(g, x, [1, 2])),
    // Of four parts one alone is used: before and behind it are zeros.
    of([CUBE], (g, x) => ops.split(g, x, [1, 1, 1, 1]).slice(2, 3)),
    of([CUBE], (g, x) => ops.split(g, x, [2, 1], 1).slice(0, 1)),
  ],
  Concat: [
    of([X, doubles([2, 1], 1)], (g, x, y) => ops.concat(g, [x, y], 1, 4)),
    of([X, doubles([1, 3], 1)], (g, x, y) => ops.concat(g, [x, y, x], 0, 5)),
  ],
  Slice: [
    of([CUBE], (g, x) => ops.slice(g, x, 2, g.ints([1]), g.ints([3]), 2)),
    of([CUBE], (g, x) => ops.slice(g, x, 1, g.ints([-2]), g.ints([3]), 2)),
  ],
  Pad: unary((g, x) => ops.padEnd(g, x, g.ints([2]), 5)),
  Gather: [
    of([CUBE, indices([2, 2], [1, 0, 1, 1])], (g, x, at) => ops.gather(g, x, at, 0)),
    of([CUBE, indices([4], [2, 0, 2, 2])], (g, x, at) => ops.gather(g, x, at, 1)),
    of([CUBE, indices([2, 2], [3, 0, 3, 3])], (g, x, at) => ops.gather(g, x, at, 2)),
    of([CUBE, indices([], [1])], (g, x, at) => ops.gather(g, x, at, 1)),
  ],
  GatherElements: [
    of([X, indices([2, 2], [2, 2, 0, 1])], (g, x, at) => ops.gatherElements(g, x, at, 1)),
    of([X, indices([3, 3], [0, 0, 1, 1, 0, 1, 1, 0, 1])], (g, x, at) => ops.gatherElements(g, x, at, 0)),
  ],
  GatherND: [
    of([CUBE, indices([3, 2], [1, 2, 0, 0, 1, 2])], ops.gatherND),
    of([CUBE, indices([2, 2, 3], [1, 2, 3, 0, 0, 0, 1, 2, 3, 1, 0, 3])], ops.gatherND),
  ],
  ScatterND: [of([CUBE, indices([2, 2], [1, 2, 0, 0]), doubles([2, 4], 1)], ops.scatter)],
  ScatterElements: [
    of([X, indices([2, 2], [2, 2, 0, 1]), doubles([2, 2], 1)], (g, x, at, y) =>
      ops.scatterElementsAdd(g, x, at, y, 1),
    ),
  ],
  SimplifiedLayerNormalization: [of([CUBE, doubles([4], 1)], (g, x, s) => fused.rmsNorm(g, x, s, 0.1))],
  SkipSimplifiedLayerNormalization: [
    of([X, doubles([2, 3], 1), ROW], (g, x, y, s) => Object.values(fused.addNorm(g, x, y, s, 0.1))),
    of([X, doubles([2, 3], 1), ROW], (g, x, y, s) => fused.addNorm(g, x, y, s, 0.1).normed),
    of([X, doubles([2, 3], 1), ROW], (g, x, y, s) => {
      const { sum } = fused.addNorm(g, x, y, s, 0.1)
      return ops.mul(g, sum, s)
    }),
  ],
  RotaryEmbedding: [
    of([doubles([1, 2, 3, 4]), indices([1, 3], [4, 0, 2])], (g, x, positions) => {
      const table = (f: (angle: number) => number, name: string) => {
        const values = Float64Array.from({ length: 10 }, (_, i) => f(i / 3))
        return ops.cast(g, g.floats(name, values, [5, 2]), x.dtype)
      }
      const tables = { cos: table(Math.cos, 'cos'), sin: table(Math.sin, 'sin'), interleaved: false }
      return fused.rotate(g, x, positions, tables)
    }),
  ],
}
