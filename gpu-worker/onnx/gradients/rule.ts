import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Graph, Node } from '../graph.ts'
import type { Value } from '../types.ts'

/** A use of an operator in the forward pass, and what the loss makes of its outputs. */
export type Use = {
  g: Graph
  node: Pick<Node, 'op' | 'inputs' | 'outputs' | 'attributes'>
  /** d loss / d each output; null where the loss doesn't depend on one. At least one is given. */
  cotangents: readonly (Value | null)[]
}

/**
 * The backward rule of an operator: for each input, how to append d loss / d input to the graph. Only those are called
 * that are wanted; null is an input that nothing flows back to. A result of the shape that the input was broadcast to
 * is summed back by the caller.
 */
export type Rule = (use: Use) => readonly ((() => Value) | null)[]
export type Rules = Readonly<Record<string, Rule>>

/** An input that the operator can't do without. */
export function input({ node }: Use, index: number): Value {
  return present(node, node.inputs[index], `input ${index}`)
}

export function output({ node }: Use, index = 0): Value {
  return present(node, node.outputs[index], `output ${index}`)
}

/** d loss / d output, where the operator has but one. */
export function cotangent({ node, cotangents }: Use): Value {
  return present(node, cotangents[0], 'cotangent')
}

function present({ op }: Use['node'], value: Value | null | undefined, what: string): Value {
  if (value) return value
  throw new TypeError(`${op} has no ${what}`)
}

/** An integer attribute. */
export function integer({ node }: Use, name: string, fallback: number): number {
  const value = node.attributes?.[name]
  return typeof value === 'number' ? value : fallback
}

/** A float attribute. */
export function float({ node }: Use, name: string, fallback: number): number {
  const value = node.attributes?.[name]
  return typeof value === 'object' && 'float' in value ? value.float : fallback
}

/** The integers that an input carries. Throws where they are computed: their rule would need them when it is written. */
export function constants(use: Use, index: number): readonly number[] {
  const values = use.g.integers(input(use, index))
  if (values) return values
  throw noRule(use.node.op, `whose input ${index} is computed`)
}

/** Says that an operator, or a form of it, has no rule. */
export function noRule(op: string, form = ''): PlumblineError {
  const named = form === '' ? op : `${op} ${form}`
  return new PlumblineError(
    'internal',
    `${named} has no backward rule; add one to the tables in gpu-worker/onnx/gradients.`,
  )
}
