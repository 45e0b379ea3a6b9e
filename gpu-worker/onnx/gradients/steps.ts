import type { Node } from '../graph.ts'
import type { Value } from '../types.ts'
import type { Rule } from './rule.ts'

/**
 * A part of the graph that has a backward rule of its own: `inputs` are what the rule says the gradients of, and what
 * it reads beside them, for which it says null. The nodes between inputs and outputs are not differentiated, unless
 * there is a way round. All inputs are computed before the first of the outputs, or change nothing in it.
 */
export type Derivative = {
  /** What it is called in errors. */
  op: string
  inputs: readonly Value[]
  outputs: readonly Value[]
  rule: Rule
}

/** A node, or a derivative in its place, as the backward pass meets it. `index` is its node's. */
export type Step = Pick<Node, 'op' | 'inputs' | 'outputs' | 'attributes'> & { index: number; rule?: Rule }

/** The nodes in their order; a derivative stands where the first of its outputs is computed. */
export function stepsOf(nodes: readonly Node[], derivatives: readonly Derivative[]): Step[] {
  const owners = new Map(derivatives.flatMap((own) => own.outputs.map(({ name }) => [name, own] as const)))
  const met = new Set<Derivative>()
  return nodes.flatMap((node, index): Step[] => {
    const own = node.outputs.map(({ name }) => owners.get(name)).find((owner) => owner !== undefined)
    if (!own) return [{ ...node, index }]
    if (node.outputs.some(({ name }) => owners.get(name) !== own)) {
      throw new TypeError(`${own.op} has some outputs of a ${node.op} alone: it needs all or none of them`)
    }
    if (met.has(own)) return []
    met.add(own)
    return [{ ...own, index }]
  })
}
