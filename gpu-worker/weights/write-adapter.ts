import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { LoraSite } from '../nn/ports.ts'
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from './adapter.ts'
import { type FloatTensor, writeSafetensors } from './safetensors/write-safetensors.ts'
import { writeDurable } from './write-durable.ts'

/** What an adapter's file says of it. */
export type AdapterSettings = {
  rank: number
  alpha: number
  dropout: number
  targets: readonly LoraSite[]
  /** The model that it was trained on, as it was asked for. */
  base: string
}

/** What PEFT puts before the name of a module that it wraps. */
const WRAPPED = 'base_model.model.'

/**
 * Writes an adapter as PEFT saves it, in float32. Tensors are named as modules of Hugging Face's causal language model
 * (`model.layers.0.self_attn.q_proj.lora_A.weight`): rows of queries and keys lie as they do there, wherever the model's
 * own file had them.
 */
export async function writeAdapter(
  folder: string,
  settings: AdapterSettings,
  tensors: readonly FloatTensor[],
): Promise<void> {
  await mkdir(folder, { recursive: true })
  const named = tensors.map((tensor) => ({ ...tensor, name: `${WRAPPED}${tensor.name}` }))
  await writeSafetensors(join(folder, ADAPTER_WEIGHTS), named)
  await writeDurable(join(folder, ADAPTER_CONFIG), `${JSON.stringify(peftConfig(settings), null, 2)}\n`)
}

function peftConfig({ rank, alpha, dropout, targets, base }: AdapterSettings): object {
  return {
    peft_type: 'LORA',
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: base,
    inference_mode: true,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: dropout,
    target_modules: targets,
    bias: 'none',
    fan_in_fan_out: false,
    init_lora_weights: true,
    use_rslora: false,
    use_dora: false,
    modules_to_save: null,
    layers_to_transform: null,
    layers_pattern: null,
    rank_pattern: {},
    alpha_pattern: {},
    revision: null,
  }
}
