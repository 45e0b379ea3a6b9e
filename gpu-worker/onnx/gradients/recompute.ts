import { after, type Barrier } from '../barrier.ts'
import type { Graph, Node } from '../graph.ts'
import { isFloat, type Value } from '../types.ts'

/** Nodes from one index of `Graph.nodes` on, up to another without it. */
export type Segment = { from: number; to: number }

/**
 * Segments whose nodes run a second time when the backward pass reaches them (arXiv 1604.06174), so that what they
 * computed on the forward pass is freed; what enters them is kept. Segments must not overlap, nor draw random numbers.
 * The barrier keeps the runtime from running them early or merging the two.
 */
export type Recomputed = { segments: readonly Segment[]; barrier: Barrier }

/**
 * For a node's index, and gradients that are there when it is reached: what stands for a value of the forward pass.
 * `still` are values that stay where they are, and so does whatever is computed from them and constants alone.
 */
export function recomputation(
  g: Graph,
  nodes: readonly Node[],
  still: readonly Value[],
  { segments, barrier }: Recomputed = { segments: [], barrier: 'shape' },
): (index: number, reached: readonly Value[]) => (value: Value) => Value {
  const fixed = fixedValues(g, nodes, still)
  const clones = new Map<Segment, Map<string, Value>>()
  return (index, reached) => {
    const segment = segments.find(({ from, to }) => from <= index && index < to)
    if (!segment) return (value) => value
    const part = nodes.slice(segment.from, segment.to)
    const clone = clones.get(segment) ?? cloned(g, part, fixed, after(g, reached, barrier))
    clones.set(segment, clone)
    return (value) => clone.get(value.name) ?? value
  }
}

/** Runs nodes again on what enters anew: by the name of each value that they read or computed, what stands for it now. */
function cloned(
  g: Graph,
  nodes: readonly Node[],
  fixed: ReadonlySet<string>,
  enter: (value: Value) => Value,
): Map<string, Value> {
  const now = new Map<string, Value>()
  const renamed = (value: Value) => {
    const known = now.get(value.name)
    if (known) return known
    const entering = isFloat(value.dtype) && !fixed.has(value.name) ? enter(value) : value
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
