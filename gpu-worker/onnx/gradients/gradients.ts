import { sizesOf } from '../barrier.ts'
import type { Graph } from '../graph.ts'
import * as ops from '../ops.ts'
import { isFloat, type Value } from '../types.ts'
import { type Recomputed, recomputation } from './recompute.ts'
import { noRule, type Rules } from './rule.ts'
import { RULES } from './rules.ts'
import { sumTo } from './shapes.ts'
import { type Derivative, type Step, stepsOf } from './steps.ts'

export type GradientOptions = {
  /** Parts of the graph with a backward rule of their own, in place of those of their nodes. */
  derivatives?: readonly Derivative[]
  /** Values that count as constants: nothing flows back through them. */
  constants?: readonly Value[]
  /** What is computed again for the backward pass, so that it needn't be kept until then. */
  recompute?: Recomputed
  /** The table of rules; all of ours by default. */
  rules?: Rules
}

/** A value that the loss depends on, and d loss / d value. */
export type Seed = { value: Value; cotangent: Value }

/**
 * Appends to the graph what computes d loss / d each of `wrt`, in their shapes and types, by reverse-mode differentiation
 * (Griewank and Walther, Evaluating Derivatives, 2008, section 3.2). `loss` is one number, or values whose gradients
 * are given. Nodes off the paths from `wrt` to the loss are not looked at; those that give integers or truth values
 * end a path. Throws `internal` for an operator without a rule, and `TypeError` where the loss doesn't depend on one
 * of `wrt`.
 */
export function gradients(
  g: Graph,
  loss: Value | readonly Seed[],
  wrt: readonly Value[],
  options: GradientOptions = {},
): Value[] {
  const { rules = RULES, derivatives = [], constants = [], recompute } = options
  const nodes = [...g.nodes]
  const steps = stepsOf(nodes, derivatives)
  const varying = dependents(steps, wrt, constants)
  const again = recomputation(g, nodes, wrt, recompute)
  const found = new Map<string, Value>()
  let latest: Value | null = null
  const flow = (value: Value, part: Value) => {
    const rest = found.get(value.name)
    latest = rest ? ops.add(g, rest, part) : part
    found.set(value.name, latest)
  }
  for (const { value, cotangent } of seeds(g, loss)) flow(value, cotangent)

  for (const step of steps.toReversed()) {
    const cotangents = step.outputs.map(({ name }) => (varying.has(name) && found.get(name)) || null)
    const first = cotangents.find((cotangent) => cotangent !== null)
    if (!first) continue
    const rule = step.rule ?? rules[step.op]
    if (!rule) throw noRule(step.op)
    const value = again(step.index, [first, latest ?? first])
    const inputs = step.inputs.map((input) => input && value(input))
    const node = { ...step, inputs, outputs: step.outputs.map(value) }
    const parts = rule({ g, node, cotangents })
    for (const [i, input] of step.inputs.entries()) {
      const part = input && varying.has(input.name) ? parts[i] : null
      if (input && part) flow(input, sumTo(g, part(), input))
    }
  }
  const returned = new Set<string>()
  return wrt.map((value) => {
    const gradient = found.get(value.name)
    if (!gradient) throw new TypeError(`the loss doesn't depend on ${value.name}`)
    // Each is a value of its own, which may become an output.
    const own = returned.has(gradient.name) ? ops.identity(g, gradient) : gradient
    returned.add(own.name)
    return own
  })
}

function seeds(g: Graph, loss: Value | readonly Seed[]): readonly Seed[] {
  if (!('shape' in loss)) return loss
  if (loss.shape.some((dim) => dim !== 1)) throw new TypeError(`a loss is one number, not [${loss.shape}]`)
  const one = ops.scalar(g, 1, loss.dtype)
  return [{ value: loss, cotangent: ops.expand(g, one, sizesOf(g, loss), loss.shape) }]
}

/** Names of all values that change as `wrt` does. */
function dependents(steps: readonly Step[], wrt: readonly Value[], constants: readonly Value[]): Set<string> {
  const fixed = new Set(constants.map(({ name }) => name))
  const varying = new Set(wrt.map(({ name }) => name))
  for (const { inputs, outputs } of steps) {
    if (!inputs.some((input) => input && varying.has(input.name))) continue
    for (const { name, dtype } of outputs) {
      if (isFloat(dtype) && !fixed.has(name)) varying.add(name)
    }
  }
  return varying
}
