import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint } from '../weights/checkpoint.ts'
import type { PlannedWeight, WeightPart } from '../weights/plan.ts'
import { type DecoderConfig, familyOf } from './decoder-config.ts'

/** The canonical name of a layer's weight. */
export const layerWeight = (layer: number, role: string) => `blk.${layer}.${role}`

/** What safetensors files call a layer's modules, after `model.layers.N.`. */
const MODULES: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  attn_output: 'self_attn.o_proj',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
}

/** Where a block has a norm on either side, these names move. */
const MODULES_WITH_POST_NORMS: Readonly<Record<string, string>> = {
  ...MODULES,
  post_attention_norm: 'post_attention_layernorm',
  ffn_norm: 'pre_feedforward_layernorm',
  post_ffw_norm: 'post_feedforward_layernorm',
}

/**
 * The decoder graph's weights, and the checkpoint's tensors that each is made of. Throws `not_configured` where the
 * checkpoint lacks one of them or has one that the family knows no use for: it's another model than we would run.
 */
export function weightPlan(config: DecoderConfig, checkpoint: Checkpoint): PlannedWeight[] {
  const plan = [
    ...outerWeights(config, checkpoint),
    ...layers(config).flatMap((layer) => layerWeights(config, checkpoint, layer)),
  ]
  checkTensors(plan, config, checkpoint)
  return plan
}

const layers = ({ layers }: DecoderConfig) => Array.from({ length: layers }, (_, layer) => layer)

function outerWeights(config: DecoderConfig, checkpoint: Checkpoint): PlannedWeight[] {
  const { hidden, vocabulary, tiedHead } = config
  const gguf = checkpoint.format === 'gguf'
  const prefix = modelPrefix(checkpoint)
  const embedding = gguf ? 'token_embd.weight' : `${prefix}model.embed_tokens.weight`
  const head = gguf ? 'output.weight' : `${prefix}lm_head.weight`
  const norm = gguf ? 'output_norm.weight' : `${prefix}model.norm.weight`
  const table = [vocabulary, hidden]
  return [
    { name: 'token_embd.weight', shape: table, role: 'embedding', parts: [{ tensor: embedding }] },
    { name: 'output.weight', shape: table, role: 'linear', parts: [{ tensor: tiedHead ? embedding : head }] },
    {
      name: 'output_norm.weight',
      shape: [hidden],
      role: 'vector',
      parts: [{ tensor: norm, ...plusOne(checkpoint) }],
    },
  ]
}

function layerWeights(config: DecoderConfig, checkpoint: Checkpoint, layer: number): PlannedWeight[] {
  const { hidden, feedForward, heads, kvHeads, headSize } = config
  const family = familyOf(checkpoint)
  const neighbours = checkpoint.format === 'gguf' && family.neighboursInGguf
  const tensor = (role: string, kind: 'weight' | 'bias' = 'weight') =>
    checkpoint.format === 'gguf'
      ? `${layerWeight(layer, role)}.${kind}`
      : `${modelPrefix(checkpoint)}model.layers.${layer}.${(config.postNorms ? MODULES_WITH_POST_NORMS : MODULES)[role]}.${kind}`
  const qkv = (kind: 'weight' | 'bias'): WeightPart[] => [
    { tensor: tensor('attn_q', kind), ...(neighbours ? { neighbouringHeads: heads } : {}) },
    { tensor: tensor('attn_k', kind), ...(neighbours ? { neighbouringHeads: kvHeads } : {}) },
    { tensor: tensor('attn_v', kind) },
  ]
  const norm = (role: string, size: number): PlannedWeight => ({
    name: `${layerWeight(layer, role)}.weight`,
    shape: [size],
    role: 'vector',
    parts: [{ tensor: tensor(role), ...plusOne(checkpoint) }],
  })
  const linear = (
    role: string,
    shape: number[],
    parts: WeightPart[] = [{ tensor: tensor(role) }],
  ): PlannedWeight => ({
    name: `${layerWeight(layer, role)}.weight`,
    shape,
    role: 'linear',
    parts,
  })
  const rows = (heads + 2 * kvHeads) * headSize
  return [
    norm('attn_norm', hidden),
    linear('attn_qkv', [rows, hidden], qkv('weight')),
    ...(config.qkvBias
      ? [
          {
            name: `${layerWeight(layer, 'attn_qkv')}.bias`,
            shape: [rows],
            role: 'vector',
            parts: qkv('bias'),
          } as const,
        ]
      : []),
    ...(config.queryKeyNorm ? [norm('attn_q_norm', headSize), norm('attn_k_norm', headSize)] : []),
    linear('attn_output', [hidden, heads * headSize]),
    ...(config.postNorms ? [norm('post_attention_norm', hidden)] : []),
    norm('ffn_norm', hidden),
    linear(
      'ffn_gate_up',
      [2 * feedForward, hidden],
      [{ tensor: tensor('ffn_gate') }, { tensor: tensor('ffn_up') }],
    ),
    linear('ffn_down', [hidden, feedForward]),
    ...(config.postNorms ? [norm('post_ffw_norm', hidden)] : []),
  ]
}

function plusOne(checkpoint: Checkpoint): { plus?: number } {
  return checkpoint.format === 'safetensors' && familyOf(checkpoint).normsPlusOne ? { plus: 1 } : {}
}

/** A model that sees too keeps its text part under a name of its own. */
function modelPrefix({ tensors }: Checkpoint): string {
  return tensors.has('language_model.model.embed_tokens.weight') ? 'language_model.' : ''
}

/** Tensors that a text's logits don't depend on: the head's copy of the embedding, what positions and images need. */
const UNUSED =
  /^(rope_freqs\.weight|lm_head\.weight|vision_tower\..*|multi_modal_projector\..*|.*\.rotary_emb\.inv_freq)$/

function checkTensors(
  plan: readonly PlannedWeight[],
  { family }: DecoderConfig,
  { path, tensors }: Checkpoint,
): void {
  const used = new Set(plan.flatMap(({ parts }) => parts.map(({ tensor }) => tensor)))
  const missing = [...used].find((tensor) => !tensors.has(tensor))
  if (missing !== undefined) {
    throw new PlumblineError('not_configured', `${path} has no tensor ${missing}; fetch it again.`)
  }
  const unknown = [...tensors.keys()].find((tensor) => !used.has(tensor) && !UNUSED.test(tensor))
  if (unknown !== undefined) {
    throw new PlumblineError(
      'not_configured',
      `${path} has a tensor ${unknown}, which no ${family} model that we can run has; use one without it.`,
    )
  }
}
