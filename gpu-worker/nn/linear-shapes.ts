import type { DecoderConfig } from './decoder-config.ts'
import type { AdapterRole, LinearRole, LoraSite } from './ports.ts'

/** The parts of a linear layer that are layers of their own to others, in the order of their rows, with the rows of each. */
export function linearParts(
  config: DecoderConfig,
  role: LinearRole | AdapterRole,
): { site: LoraSite; rows: number }[] {
  const { hidden, feedForward, heads, kvHeads, headSize } = config
  switch (role) {
    case 'attn_qkv':
      return [
        { site: 'q_proj', rows: heads * headSize },
        { site: 'k_proj', rows: kvHeads * headSize },
        { site: 'v_proj', rows: kvHeads * headSize },
      ]
    case 'attn_output':
      return [{ site: 'o_proj', rows: hidden }]
    case 'ffn_gate_up':
      return [
        { site: 'gate_proj', rows: feedForward },
        { site: 'up_proj', rows: feedForward },
      ]
    case 'ffn_gate':
      return [{ site: 'gate_proj', rows: feedForward }]
    case 'ffn_up':
      return [{ site: 'up_proj', rows: feedForward }]
    case 'ffn_down':
      return [{ site: 'down_proj', rows: hidden }]
  }
}

/** [out, in] of a linear layer. */
export function linearShape(config: DecoderConfig, role: LinearRole | AdapterRole): [number, number] {
  const out = linearParts(config, role).reduce((sum, { rows }) => sum + rows, 0)
  return [out, inner(config, role)]
}

function inner(
  { hidden, feedForward, heads, headSize }: DecoderConfig,
  role: LinearRole | AdapterRole,
): number {
  if (role === 'attn_output') return heads * headSize
  return role === 'ffn_down' ? feedForward : hidden
}
