import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint } from '../weights/checkpoint.ts'
import type { PlannedWeight, WeightPart } from '../weights/store/plan.ts'
import { layerWeight } from './block.ts'
import type { DecoderConfig } from './decoder-config.ts'
import { familyOf } from './families/families.ts'
import { linearParts, linearShape } from './linear-shapes.ts'
import type { LinearRole, LoraSite } from './ports.ts'
import { checkpointNames } from './tensor-names.ts'

/** The rows of these are stored by heads. */
const QUERIES_AND_KEYS: readonly LoraSite[] = ['q_proj', 'k_proj']

/**
 * The decoder graph's weights, and the checkpoint's tensors that each is made of. Throws `not_configured` where the
 * checkpoint lacks one of them or has one that the family knows no use for: it's another model than we would run.
 */
export function weightPlan(config: DecoderConfig, checkpoint: Checkpoint): PlannedWeight[] {
  const layers = Array.from({ length: config.layers }, (_, layer) => layer)
  const plan = [
    ...outerWeights(config, checkpoint),
    ...layers.flatMap((layer) => layerWeights(config, checkpoint, layer)),
  ]
  checkTensors(plan, config, checkpoint)
  return plan
}

function outerWeights(config: DecoderConfig, checkpoint: Checkpoint): PlannedWeight[] {
  const { hidden, vocabulary, tiedHead } = config
  const names = checkpointNames(checkpoint, config)
  const head = tiedHead ? names.embedding : names.head
  const table = [vocabulary, hidden]
  return [
    { name: 'token_embd.weight', shape: table, role: 'embedding', parts: [{ tensor: names.embedding }] },
    { name: 'output.weight', shape: table, role: 'head', parts: [{ tensor: head }] },
    {
      name: 'output_norm.weight',
      shape: [hidden],
      role: 'vector',
      parts: [{ tensor: names.outputNorm, ...plusOne(checkpoint) }],
    },
  ]
}

function layerWeights(config: DecoderConfig, checkpoint: Checkpoint, layer: number): PlannedWeight[] {
  const { hidden, headSize, postNorms, queryKeyNorm, qkvBias } = config
  const names = checkpointNames(checkpoint, config)
  const parts = (role: LinearRole, kind: 'weight' | 'bias'): WeightPart[] =>
    linearParts(config, role).map(({ site, rows }) => ({
      tensor: names.linear(layer, site, kind),
      ...(names.neighbours && QUERIES_AND_KEYS.includes(site) ? { neighbouringHeads: rows / headSize } : {}),
    }))
  const linear = (role: LinearRole): PlannedWeight => ({
    name: `${layerWeight(layer, role)}.weight`,
    shape: linearShape(config, role),
    role: 'linear',
    parts: parts(role, 'weight'),
  })
  const bias = (role: LinearRole): PlannedWeight => ({
    name: `${layerWeight(layer, role)}.bias`,
    shape: [linearShape(config, role)[0]],
    role: 'vector',
    parts: parts(role, 'bias'),
  })
  const norm = (role: string, size: number): PlannedWeight => ({
    name: `${layerWeight(layer, role)}.weight`,
    shape: [size],
    role: 'vector',
    parts: [{ tensor: names.norm(layer, role), ...plusOne(checkpoint) }],
  })
  return [
    norm('attn_norm', hidden),
    linear('attn_qkv'),
    ...(qkvBias ? [bias('attn_qkv')] : []),
    ...(queryKeyNorm ? [norm('attn_q_norm', headSize), norm('attn_k_norm', headSize)] : []),
    linear('attn_output'),
    ...(postNorms ? [norm('post_attention_norm', hidden)] : []),
    norm('ffn_norm', hidden),
    linear('ffn_gate_up'),
    linear('ffn_down'),
    ...(postNorms ? [norm('post_ffw_norm', hidden)] : []),
  ]
}

function plusOne(checkpoint: Checkpoint): { plus?: number } {
  return checkpoint.format === 'safetensors' && familyOf(checkpoint).normsPlusOne ? { plus: 1 } : {}
}

/** Tensors that a text's logits don't depend on: a tied head's copy, what rotation is computed from, what sees images. */
const UNUSED =
  /^(rope_freqs\.weight|lm_head\.weight|(model\.)?(vision_tower|multi_modal_projector)\..*|.*\.inv_freq)$/

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
      `${path} has a tensor ${unknown}, which no ${family} model that can be run here has; use one without it.`,
    )
  }
}
