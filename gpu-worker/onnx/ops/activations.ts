import type { Graph } from '../graph.ts'
import type { Value } from '../types.ts'
import { log, max, neg, scalar, sub } from './elementwise.ts'

/** 1 / (1 + exp(-x)). */
export function sigmoid(g: Graph, x: Value): Value {
  return g.op('Sigmoid', [x], x)
}

/** GELU by its tanh approximation (arXiv 1606.08415, section 2). */
export function gelu(g: Graph, x: Value): Value {
  return g.op('Gelu', [x], x, { attributes: { approximate: 'tanh' } })
}

export function tanh(g: Graph, x: Value): Value {
  return g.op('Tanh', [x], x)
}

/** log(1 + exp(x)). -softplus(-x) is the logarithm of the sigmoid. The runtime has none for float64. */
export function softplus(g: Graph, x: Value): Value {
  if (x.dtype !== 'float64') return g.op('Softplus', [x], x)
  const size = max(g, x, neg(g, x))
  return sub(g, max(g, x, scalar(g, 0, x.dtype)), log(g, sigmoid(g, size)))
}

/** Over the last axis. */
export function softmax(g: Graph, x: Value): Value {
  return g.op('Softmax', [x], x, { attributes: { axis: -1 } })
}

/** The logarithm of the softmax over the last axis. */
export function logSoftmax(g: Graph, x: Value): Value {
  return g.op('LogSoftmax', [x], x, { attributes: { axis: -1 } })
}
