import type { Graph } from '../../onnx/graph.ts'
import * as ops from '../../onnx/ops.ts'
import type { Value } from '../../onnx/types.ts'
import type { DecoderConfig } from '../decoder-config.ts'
import { linearParts } from '../linear-shapes.ts'
import type { LinearRole } from '../ports.ts'
import type { ParameterEntry, ParameterLayout } from './parameter-layout.ts'

/** Consecutive elements of the flat vector that the graph multiplies by as one tensor. */
type Piece = { name: string; shape: readonly number[] }

/** The tensors that a flat vector is cut into, by name and in order. */
export type Pieces = ReadonlyMap<string, Value>

/**
 * Cuts the vector once. A matrices that serve the same input are one piece, named as the first of them; rows of a weight
 * that are maps of their own are a piece each, named `${weight}:${first row}`.
 */
export function cutParameters(
  g: Graph,
  config: DecoderConfig,
  layout: ParameterLayout,
  parameters: Value,
): Pieces {
  const pieces =
    layout.kind === 'lora' ? stacked(layout.entries) : layout.entries.flatMap((entry) => byMap(config, entry))
  const flat = ops.split(
    g,
    parameters,
    pieces.map(({ shape }) => sizeOf(shape)),
  )
  return new Map(
    pieces.flatMap(({ name, shape }, i) => {
      const part = flat[i]
      return part ? [[name, ops.reshape(g, part, shape)]] : []
    }),
  )
}

/** The reverse: what belongs to each piece as one vector. */
export function joinPieces(g: Graph, pieces: readonly Value[]): Value {
  const sizes = pieces.map(({ shape }) => sizeOf(shape.map(Number)))
  const flat = pieces.map((piece, i) => ops.reshape(g, piece, [sizes[i] ?? 0]))
  return ops.concat(
    g,
    flat,
    0,
    sizes.reduce((sum, size) => sum + size, 0),
  )
}

const isA = (name: string) => name.endsWith('.lora_A.weight')

/** Where A matrices follow each other they have the same inputs: of one layer and group. */
function stacked(entries: readonly ParameterEntry[]): Piece[] {
  const pieces: { name: string; shape: number[] }[] = []
  for (const [i, { name, shape }] of entries.entries()) {
    const [rows = 0, columns = 0] = shape
    const before = entries[i - 1]
    const last = pieces.at(-1)
    if (isA(name) && before && isA(before.name) && last) last.shape[0] = (last.shape[0] ?? 0) + rows
    else pieces.push({ name, shape: [rows, columns] })
  }
  return pieces
}

const SEVERAL_MAPS: readonly LinearRole[] = ['attn_qkv', 'ffn_gate_up']

function byMap(config: DecoderConfig, { name, shape }: ParameterEntry): Piece[] {
  const role = SEVERAL_MAPS.find(
    (known) => name.endsWith(`.${known}.weight`) || name.endsWith(`.${known}.bias`),
  )
  if (!role) return [{ name, shape }]
  let from = 0
  return linearParts(config, role).map(({ rows }) => {
    const piece = { name: `${name}:${from}`, shape: [rows, ...shape.slice(1)] }
    from += rows
    return piece
  })
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1)
}
