import type { Product } from '../fused.ts'
import { product } from '../fused.ts'
import type { Graph } from '../graph.ts'
import type { Value } from '../types.ts'
import { cotangent, float, input, integer, noRule, type Rules, type Use } from './rule.ts'
import { matrix } from './shapes.ts'

/**
 * Products of matrices, either side transposed or not. A gradient is a product of the same kind: nothing is transposed
 * in memory.
 */
export const PRODUCTS: Rules = {
  MatMul: (use) => factors(use, {}),
  FusedMatMul: (use) => {
    if (integer(use, 'transBatchA', 0) + integer(use, 'transBatchB', 0) > 0) {
      throw noRule('FusedMatMul', 'with its batch transposed')
    }
    return factors(use, form(use))
  },
  Gemm: (use) => {
    if (float(use, 'beta', 1) !== 1) throw noRule('Gemm', 'with a beta')
    return [...factors(use, form(use)), () => cotangent(use)]
  },
}

function form(use: Use): Product {
  return {
    transA: integer(use, 'transA', 0) === 1,
    transB: integer(use, 'transB', 0) === 1,
    scale: float(use, 'alpha', 1),
  }
}

/** Of y = scale A B: dA = scale dy Bᵀ and dB = scale Aᵀ dy, transposed where the input is. */
function factors(use: Use, { transA = false, transB = false, scale = 1 }: Product): (() => Value)[] {
  const { g } = use
  const [a, b, dy] = [input(use, 0), input(use, 1), cotangent(use)]
  if (a.shape.length < 2 || b.shape.length < 2) throw noRule(use.node.op, 'of a vector')
  return [
    () =>
      transA
        ? product(g, b, dy, { transA: transB, transB: true, scale })
        : product(g, dy, b, { transB: !transB, scale }),
    () => {
      const [left, right] = b.shape.length === 2 && !transA ? folded(g, a, dy) : [a, dy]
      return transB
        ? product(g, right, left, { transA: true, transB: transA, scale })
        : product(g, left, right, { transA: !transA, scale })
    },
  ]
}

/** Many rows of matrices as one, so that the gradient of what they share is one product. */
function folded(g: Graph, a: Value, dy: Value): [Value, Value] {
  return [matrix(g, a), matrix(g, dy)]
}
