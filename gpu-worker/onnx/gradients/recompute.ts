import type { Graph, Node } from '../graph.ts'
import * as ops from '../ops.ts'
import { isFloat, type Value } from '../types.ts'
import { sizesOf } from './shapes.ts'

/** Nodes from one index of `Graph.nodes` on, up to another without it. */
export type Segment = { from: number; to: number }

/**
 * Segments whose nodes run a second time when the backward pass reaches them (arXiv 1604.06174), so that what they
 * computed on the forward pass is freed; what enters them is kept. Segments must not overlap, nor draw random numbers.
 * The barrier keeps the runtime from running them early or merging the two: `shape` moves no data, and makes CUDA wait for
 * the host; `sum` adds a zero.
 */
export type Recomputed = { segments: readonly Segment[]; barrier: 'shape' | 'sum' }

/**
 * For a node's index, and a gradient that is there when it is reached: what stands for a value of the forward pass.
 * `still` are values that stay where they are, and so does whatever is computed from them and constants alone.
 */
export function recomputation(
  g: Graph,
  nodes: readonly Node[],
  still: readonly Value[],
  { segments, barrier }: Recomputed = { segments: [], barrier: 'shape' },
): (index: number, gradient: Value) => (value: Value) => Value {
  const fixed = fixedValues(g, nodes, still)
  const clones = new Map<Segment, Map<string, Value>>()
  return (index, gradient) => {
    const segment = segments.find(({ from, to }) => from <= index && index < to)
    if (!segment) return (value) => value
    const known = clones.get(segment)
    const clone =
      known ?? cloned(g, nodes.slice(segment.from, segment.to), fixed, BARRIERS[barrier](g, gradient))
    clones.set(segment, clone)
    return (value) => clone.get(value.name) ?? value
  }
}

/** Runs nodes again behind a barrier: by the name of each value that they read or computed, what stands for it now. */
function cloned(
  g: Graph,
  nodes: readonly Node[],
  fixed: ReadonlySet<string>,
  barrier: (value: Value) => Value,
): Map<string, Value> {
  const now = new Map<string, Value>()
  const renamed = (value: Value) => {
    const known = now.get(value.name)
    if (known) return known
    const entering = isFloat(value.dtype) && !fixed.has(value.name) ? barrier(value) : value
    now.set(value.name, entering)
    return entering
  }
  for (const { op, inputs, outputs, ...options } of nodes) {
    const entering = inputs.map((input) => input && renamed(input))
    const computed = g.node(op, entering, outputs, options)
    for (const [i, { name }] of outputs.entries()) {
      const value = computed[i]
      if (value) now.set(name, value)
    }
  }
  return now
}

/** Names of the values that are constants, `still`, or computed from those alone. */
function fixedValues(g: Graph, nodes: readonly Node[], still: readonly Value[]): Set<string> {
  const fixed = new Set(still.map(({ name }) => name))
  for (const { inputs, outputs } of nodes) {
    for (const input of inputs) if (input && g.isConstant(input)) fixed.add(input.name)
    if (inputs.every((input) => !input || fixed.has(input.name))) {
      for (const { name } of outputs) fixed.add(name)
    }
  }
  return fixed
}

/** A value that can't be had before `gradient`, though none of its elements is read: none, so that NaN stays away too. */
const BARRIERS: Record<Recomputed['barrier'], (g: Graph, gradient: Value) => (value: Value) => Value> = {
  shape: (g, gradient) => {
    const zero = ops.cast(g, nothing(g, gradient), 'int64')
    return (value) => ops.reshapeTo(g, value, ops.add(g, sizesOf(g, value), zero), value.shape)
  },
  sum: (g, gradient) => {
    const zero = nothing(g, gradient)
    return (value) => ops.add(g, value, ops.cast(g, zero, value.dtype))
  },
}

/** The sum of no elements: 0. */
function nothing(g: Graph, x: Value): Value {
  const flat = ops.reshapeTo(g, x, g.ints([-1]), [`size_of_${x.name}`])
  return ops.reduceSum(g, ops.slice(g, flat, 0, g.ints([0]), g.ints([0]), 0), [0])
}
