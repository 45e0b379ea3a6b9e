import { type LoraTarget, loraTarget } from '../../shared/protocol/training/training.ts'

/** Names and shapes of the decoder graph's inputs and outputs. B rows a batch, S new tokens a row, T places. */
export const PORTS = {
  /** int64 [B, S]: the tokens to run. With more than one a row and a past, B is 1. */
  tokens: 'tokens',
  /**
   * int64 [B, S]: the position of each, which its rotation follows. A branch goes on where its parent ended. Where
   * several tokens of several rows are run, or `tree` is false and nothing is past, positions must count up from 0.
   */
  positions: 'positions',
  /** int32 [B]: for each row, how many places of its past and new tokens together are filled, less one. */
  last: 'last',
  /** int32 scalar: the largest of those, plus one: T. */
  total: 'total',
  /**
   * Where the graph was built with `tree: true`: float32 [1, 1, S, T], added to attention's scores beside the causal
   * mask: 0 where a token may look, -inf where it may not. The keys' and values' capacity must then be above S.
   */
  bias: 'bias',
  /**
   * int64 [T], where the graph was built with `tree: true` and the model has layers that look back a window: the
   * position of the token in each place, which may be another than the place where branches lie side by side.
   */
  keyPositions: 'key_positions',
  /** int64 [R]: which of the B * S new tokens get logits. */
  rows: 'rows',
  /** [B, kvHeads, capacity, headSize] for each layer: places before the new tokens are read, theirs are written. */
  pastKey: (layer: number) => `past_key_${layer}`,
  pastValue: (layer: number) => `past_value_${layer}`,
  /** The same, bound to the memory of the past: only the new tokens' places change. */
  presentKey: (layer: number) => `present_key_${layer}`,
  presentValue: (layer: number) => `present_value_${layer}`,
  /**
   * Where the graph was built with `lora: true`: [B, 1, L] in the graph's type for each of `ADAPTER_ROLES`, which
   * of the L stacked ranks serve a row: an adapter's alpha / rank at its own, 0 at others'.
   */
  loraGate: (role: AdapterRole) => `lora_gate_${role}`,
  /** [L, in] for each layer: the stacked A matrices. */
  loraA: (layer: number, role: AdapterRole) => `lora_a_${layer}_${role}`,
  /** [L, out]: the stacked B matrices, transposed. */
  loraB: (layer: number, role: AdapterRole) => `lora_b_${layer}_${role}`,
  /** float32 [R, vocabulary]. */
  logits: 'logits',
} as const

/** The linear layers of a decoder's block, as the graph fuses them. */
export type LinearRole = 'attn_qkv' | 'attn_output' | 'ffn_gate_up' | 'ffn_down'

/**
 * What adapters' matrices are stacked for. Those of gate and up stay apart, as what the two compute does: together
 * half of their stack would be zeros.
 */
export const ADAPTER_ROLES = ['attn_qkv', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'] as const
export type AdapterRole = (typeof ADAPTER_ROLES)[number]

/** The linear layers that an adapter may change, by the name PEFT gives them. */
export const LORA_SITES = loraTarget.options
export type LoraSite = LoraTarget
