import { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'

/**
 * The graphs of the optimiser over flat float32 vectors of N parameters. `next...` are bound to the memory of what they
 * replace: each is written by the one operator behind the last that reads the old.
 */
export const ADAMW_PORTS = {
  parameters: 'parameters',
  /** Running means of the gradient and of its square. */
  first: 'first',
  second: 'second',
  gradient: 'gradient',
  /** [N] or [1]: 1 for a parameter that decays, else 0. */
  decayed: 'decayed',
  /** float32 [9]: `AdamWScalars` in their order. */
  scalars: 'scalars',
  nextParameters: 'next_parameters',
  nextFirst: 'next_first',
  nextSecond: 'next_second',
  /** float32 [1]: the sum of the gradient's squares. */
  squares: 'squares',
} as const

/** What changes from update to update, in the order of the port. */
export type AdamWScalars = {
  /** Of the gradient: what undoes the loss's scale and clips. */
  scale: number
  beta1: number
  beta2: number
  /** 1 - beta1 and 1 - beta2: float32 would lose digits of them. */
  rest1: number
  rest2: number
  epsilon: number
  /** learning rate / (1 - beta1^t). */
  step: number
  /** 1 / sqrt(1 - beta2^t). */
  spread: number
  /** learning rate * weight decay. */
  decay: number
}
const SCALARS = ['scale', 'beta1', 'beta2', 'rest1', 'rest2', 'epsilon', 'step', 'spread', 'decay'] as const

export const SCALAR_COUNT = SCALARS.length

export function scalarValues(scalars: AdamWScalars): Float32Array {
  return Float32Array.from(SCALARS, (name) => scalars[name])
}

/**
 * One step of AdamW (arXiv 1711.05101, algorithm 2; arXiv 1412.6980 for the bias corrections), in the order of PyTorch's:
 * parameters decay by themselves, and epsilon is added behind the correction of the second mean. `decays` is how long the
 * port of that name is: N or 1.
 */
export function adamwModel(count: number, decays: number): Uint8Array {
  const g = new Graph()
  const vector = (name: string) => g.input(name, 'float32', [count])
  const parameters = vector(ADAMW_PORTS.parameters)
  const first = vector(ADAMW_PORTS.first)
  const second = vector(ADAMW_PORTS.second)
  const gradient = vector(ADAMW_PORTS.gradient)
  const decayed = g.input(ADAMW_PORTS.decayed, 'float32', [decays])
  const all = g.input(ADAMW_PORTS.scalars, 'float32', [SCALARS.length])
  const scalar = (name: (typeof SCALARS)[number]) => ops.gather(g, all, g.ints([SCALARS.indexOf(name)]), 0)
  const one = ops.scalar(g, 1, 'float32')

  const clipped = ops.mul(g, gradient, scalar('scale'))
  const mean = (old: Value, beta: Value, value: Value, rest: Value) =>
    ops.add(g, ops.mul(g, old, beta), ops.mul(g, value, rest))
  const nextFirst = mean(first, scalar('beta1'), clipped, scalar('rest1'))
  const nextSecond = mean(second, scalar('beta2'), ops.mul(g, clipped, clipped), scalar('rest2'))
  const root = ops.mul(g, g.op('Sqrt', [nextSecond], nextSecond), scalar('spread'))
  const moved = g.op('Div', [nextFirst, ops.add(g, root, scalar('epsilon'))], nextFirst)
  const kept = ops.mul(g, parameters, ops.sub(g, one, ops.mul(g, decayed, scalar('decay'))))
  g.output(ADAMW_PORTS.nextFirst, nextFirst)
  g.output(ADAMW_PORTS.nextSecond, nextSecond)
  g.output(ADAMW_PORTS.nextParameters, ops.sub(g, kept, ops.mul(g, moved, scalar('step'))))
  return g.encode()
}

/** The sum of the gradient's squares, by which its norm is known before anything is changed. */
export function squaresModel(count: number): Uint8Array {
  const g = new Graph()
  const gradient = g.input(ADAMW_PORTS.gradient, 'float32', [count])
  const sum = g.op(
    'ReduceSumSquare',
    [gradient],
    { dtype: 'float32', shape: [1] },
    { attributes: { keepdims: 1 } },
  )
  g.output(ADAMW_PORTS.squares, sum)
  return g.encode()
}
