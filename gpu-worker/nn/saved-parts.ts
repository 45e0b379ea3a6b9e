import type { Checkpoint } from '../weights/checkpoint.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { familyOf } from './families/families.ts'
import { linearParts } from './linear-shapes.ts'
import type { LinearRole } from './ports.ts'
import { checkpointNames } from './tensor-names.ts'
import { weightPlan } from './weight-plan.ts'

/** A tensor of Hugging Face's as a part of a weight of our store. */
export type SavedPart = {
  name: string
  shape: readonly number[]
  /** Of its first element in the weight. */
  from: number
  /** What the store has added to each element. */
  plus: number
}

const LINEARS: readonly LinearRole[] = ['attn_qkv', 'attn_output', 'ffn_gate_up', 'ffn_down']

/**
 * The tensors that Hugging Face's causal language model of the family has, by the store's weights that hold them. The rows
 * of the store's queries and keys lie as they do there, whatever file it was made from. A tied head has none.
 */
export function savedParts(config: DecoderConfig, checkpoint: Checkpoint): Map<string, SavedPart[]> {
  const { path, architecture, tensors } = checkpoint
  const names = checkpointNames({ path, architecture, tensors, format: 'safetensors' }, config)
  const outer: Record<string, string> = {
    'token_embd.weight': names.embedding,
    'output.weight': names.head,
    'output_norm.weight': names.outputNorm,
  }
  const plus = familyOf(checkpoint).normsPlusOne ? 1 : 0
  const saved = new Map<string, SavedPart[]>()
  for (const { name, shape } of weightPlan(config, checkpoint)) {
    if (config.tiedHead && name === 'output.weight') continue
    const [, layer = '', role = '', kind] = /^blk\.(\d+)\.(\w+)\.(weight|bias)$/.exec(name) ?? []
    const linear = LINEARS.find((known) => known === role)
    if (!linear || (kind !== 'weight' && kind !== 'bias')) {
      const own = outer[name] ?? names.norm(Number(layer), role)
      saved.set(name, [{ name: own, shape, from: 0, plus: shape.length === 1 ? plus : 0 }])
      continue
    }
    const columns = shape.slice(1)
    const width = columns[0] ?? 1
    let row = 0
    const parts = linearParts(config, linear).map(({ site, rows }) => {
      const part = {
        name: names.linear(Number(layer), site, kind),
        shape: [rows, ...columns],
        from: row * width,
        plus: 0,
      }
      row += rows
      return part
    })
    saved.set(name, parts)
  }
  return saved
}
