import type { Graph } from './graph.ts'
import { DTYPES, type Value } from './types.ts'

/** Operators whose output is their first input's memory under other sizes. */
const VIEWS: ReadonlySet<string> = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Identity', 'Flatten'])

/**
 * The most bytes that are alive at once of what a graph's nodes compute, if they run in their order: a value from the node
 * that computes it to the last that reads it. Inputs, constants and outputs lie elsewhere and are not counted; nor is what
 * has a size that isn't known.
 */
export function liveBytes(g: Graph): number {
  const nodes = g.liveNodes
  /** Of a view, the value whose memory it is. */
  const owners = new Map<string, Value>()
  const ownerOf = (value: Value) => owners.get(value.name) ?? value
  const lastRead = new Map<string, number>()
  const sizes = new Map<string, number>()
  for (const [index, { op, inputs, outputs }] of nodes.entries()) {
    const [first] = inputs
    for (const input of inputs) if (input) lastRead.set(ownerOf(input).name, index)
    for (const output of outputs) {
      if (VIEWS.has(op) && first) owners.set(output.name, ownerOf(first))
      else if (!g.isOutput(output)) sizes.set(output.name, bytesOf(output))
    }
  }
  const ends = Array.from(nodes, () => 0)
  let [alive, most] = [0, 0]
  for (const [index, { outputs }] of nodes.entries()) {
    for (const { name } of outputs) {
      const bytes = sizes.get(name) ?? 0
      const end = lastRead.get(name) ?? index
      alive += bytes
      ends[end] = (ends[end] ?? 0) + bytes
    }
    most = Math.max(most, alive)
    alive -= ends[index] ?? 0
  }
  return most
}

function bytesOf({ dtype, shape }: Value): number {
  const bytes = shape.reduce<number>((size, dim) => size * Number(dim), DTYPES[dtype].bytes)
  return Number.isNaN(bytes) ? 0 : bytes
}
