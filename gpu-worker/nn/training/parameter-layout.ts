import type { PlannedWeight } from '../../weights/store/plan.ts'
import type { DecoderConfig } from '../decoder-config.ts'
import { linearParts, linearShape } from '../linear-shapes.ts'
import { LORA_SITES, type LoraSite } from '../ports.ts'
import { moduleOf } from '../tensor-names.ts'

/** A tensor in a flat vector of parameters. */
export type ParameterEntry = {
  name: string
  shape: readonly number[]
  /** Of its first element in the vector. */
  offset: number
}

/** What is trained, as one vector: the matrices of an adapter, or all weights of a decoder. */
export type ParameterLayout = {
  /** One after the other, without gaps. */
  entries: readonly ParameterEntry[]
  /** Elements of the vector. */
  size: number
} & ({ kind: 'lora'; rank: number; targets: readonly LoraSite[] } | { kind: 'full' })

/** Sites of a layer that read the same input, whose A matrices lie side by side, so that one product serves them. */
export const LORA_GROUPS = [
  ['q_proj', 'k_proj', 'v_proj'],
  ['o_proj'],
  ['gate_proj', 'up_proj'],
  ['down_proj'],
] as const
export type LoraGroup = (typeof LORA_GROUPS)[number]

const GROUP_ROLES = ['attn_qkv', 'attn_output', 'ffn_gate_up', 'ffn_down'] as const

/**
 * The matrices of a LoRA adapter (arXiv 2106.09685): a [rank, in] and b [out, rank] for each layer and target, named as
 * in PEFT's files but for the `base_model.model.` before: `model.layers.0.self_attn.q_proj.lora_A.weight`.
 */
export function loraLayout(
  config: DecoderConfig,
  { rank, targets }: { rank: number; targets: readonly LoraSite[] },
): ParameterLayout {
  const wanted = LORA_SITES.filter((site) => targets.includes(site))
  const shapes: [name: string, shape: number[]][] = []
  for (let layer = 0; layer < config.layers; layer++) {
    for (const role of GROUP_ROLES) {
      const [, inner] = linearShape(config, role)
      const parts = linearParts(config, role).filter(({ site }) => wanted.includes(site))
      for (const { site } of parts) shapes.push([loraName(layer, site, 'A'), [rank, inner]])
      for (const { site, rows } of parts) shapes.push([loraName(layer, site, 'B'), [rows, rank]])
    }
  }
  return { kind: 'lora', rank, targets: wanted, ...flat(shapes) }
}

/** What a matrix of an adapter is called. */
export function loraName(layer: number, site: LoraSite, side: 'A' | 'B'): string {
  return `model.layers.${layer}.${moduleOf(site)}.${site}.lora_${side}.weight`
}

/** All weights of a decoder, named as its store names them; a tied head has none of its own. */
export function fullLayout(config: DecoderConfig, plan: readonly PlannedWeight[]): ParameterLayout {
  const own = plan.filter(({ role }) => !(config.tiedHead && role === 'head'))
  return { kind: 'full', ...flat(own.map(({ name, shape }) => [name, shape])) }
}

function flat(shapes: readonly (readonly [name: string, shape: readonly number[]])[]) {
  let size = 0
  const entries = shapes.map(([name, shape]) => {
    const offset = size
    size += shape.reduce((product, dim) => product * dim, 1)
    return { name, shape, offset }
  })
  return { entries, size }
}
