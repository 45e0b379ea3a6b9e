import type { Checkpoint } from '../weights/checkpoint.ts'
import { layerWeight } from './block.ts'
import { familyOf } from './families/families.ts'
import type { FamilyTraits } from './families/family.ts'
import type { LoraSite } from './ports.ts'

/** What a checkpoint calls the tensors of a decoder. */
export type CheckpointNames = {
  embedding: string
  head: string
  outputNorm: string
  norm: (layer: number, role: string) => string
  linear: (layer: number, site: LoraSite, kind: 'weight' | 'bias') => string
  /** Whether the rows of queries and keys keep the two channels that turn together as neighbours. */
  neighbours: boolean
}

/** What GGUF files call the layers that an adapter may change. */
export const GGUF_LINEARS: Record<LoraSite, string> = {
  q_proj: 'attn_q',
  k_proj: 'attn_k',
  v_proj: 'attn_v',
  o_proj: 'attn_output',
  gate_proj: 'ffn_gate',
  up_proj: 'ffn_up',
  down_proj: 'ffn_down',
}

/** In safetensors files a block's norms are named by what stands before and behind them. */
const NORMS: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
}
const NORMS_WITH_POST_NORMS: Readonly<Record<string, string>> = {
  ...NORMS,
  post_attention_norm: 'post_attention_layernorm',
  ffn_norm: 'pre_feedforward_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
}

/** Where safetensors files keep the text's decoder: in a model that sees too, under a name of its own. */
const BODIES = ['model', 'language_model.model', 'model.language_model']

/** The names by its format; `postNorms` says which of two norms "post attention" means in safetensors files. */
export function checkpointNames(
  checkpoint: Omit<Checkpoint, 'settings' | 'tokenizer'>,
  { postNorms }: FamilyTraits,
): CheckpointNames {
  if (checkpoint.format === 'gguf') {
    return {
      embedding: 'token_embd.weight',
      head: 'output.weight',
      outputNorm: 'output_norm.weight',
      norm: (layer, role) => `${layerWeight(layer, role)}.weight`,
      linear: (layer, site, kind) => `${layerWeight(layer, GGUF_LINEARS[site])}.${kind}`,
      neighbours: familyOf(checkpoint).neighboursInGguf,
    }
  }
  const body = BODIES.find((known) => checkpoint.tensors.has(`${known}.embed_tokens.weight`)) ?? 'model'
  const norms = postNorms ? NORMS_WITH_POST_NORMS : NORMS
  return {
    embedding: `${body}.embed_tokens.weight`,
    head: body === 'language_model.model' ? 'language_model.lm_head.weight' : 'lm_head.weight',
    outputNorm: `${body}.norm.weight`,
    norm: (layer, role) => `${body}.layers.${layer}.${norms[role] ?? role}.weight`,
    linear: (layer, site, kind) => `${body}.layers.${layer}.${moduleOf(site)}.${site}.${kind}`,
    neighbours: false,
  }
}

/** Where in a block safetensors files keep a linear layer. */
export function moduleOf(site: LoraSite): 'mlp' | 'self_attn' {
  return site === 'gate_proj' || site === 'up_proj' || site === 'down_proj' ? 'mlp' : 'self_attn'
}
