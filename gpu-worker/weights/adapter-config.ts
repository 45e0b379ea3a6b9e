import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'

/** What adapter_config.json says of how an adapter is applied. */
export type AdapterConfig = {
  /** alpha / rank, or alpha / sqrt(rank), of a module by its name (`model.layers.0.self_attn.q_proj`). */
  scaling(module: string, rank: number): number
}

const off = z.union([z.literal(false), z.null(), z.undefined(), z.array(z.unknown()).length(0)])
/** Ways of initialising that change the base model's weights too, unless PEFT converted the adapter when it was saved. */
const initialised = z.union([z.boolean(), z.enum(['gaussian', 'eva', 'orthogonal'])])
const patterns = z.record(z.string(), z.number().positive()).nullish()

/** What must be as given for the adapter to be two matrices beside a linear layer; others of its settings don't matter here. */
const UNSUPPORTED = {
  use_dora: off,
  lora_bias: off,
  modules_to_save: off,
  trainable_token_indices: off,
  alora_invocation_tokens: off,
  layer_replication: off,
  target_parameters: off,
  use_qalora: off,
  bias: z.literal('none').nullish(),
  peft_type: z.literal('LORA'),
  init_lora_weights: initialised.nullish(),
}
const config = z.object({
  r: z.int().positive(),
  lora_alpha: z.number().positive(),
  use_rslora: z.boolean().nullish(),
  alpha_pattern: patterns,
})

/** Throws `invalid_request` for an adapter of a kind that isn't supported; the sentence names the setting. */
export function parseAdapterConfig(path: string, value: unknown): AdapterConfig {
  const settings = z.record(z.string(), z.unknown()).safeParse(value)
  if (!settings.success) throw refuseAdapter(path, 'is not a JSON object; save the adapter again with PEFT')
  for (const [name, supported] of Object.entries(UNSUPPORTED)) {
    const own = settings.data[name]
    if (supported.safeParse(own).success) continue
    const given = JSON.stringify(own) ?? 'nothing'
    throw refuseAdapter(
      path,
      `gives ${given} as ${name}, which isn't supported; train a plain LoRA of linear layers`,
    )
  }
  const parsed = config.safeParse(settings.data)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw refuseAdapter(
      path,
      `has no ${issue?.path.join('.')} that can be used; save the adapter again with PEFT`,
    )
  }
  const { lora_alpha, use_rslora, alpha_pattern } = parsed.data
  const alphas = Object.entries(alpha_pattern ?? {}).map(([pattern, alpha]) => ({
    matches: suffix(path, pattern),
    alpha,
  }))
  return {
    scaling: (module, rank) => {
      const alpha = alphas.find(({ matches }) => matches.test(module))?.alpha ?? lora_alpha
      return alpha / (use_rslora ? Math.sqrt(rank) : rank)
    },
  }
}

/** PEFT's patterns match the end of a module's name, from the beginning of one of its parts. */
function suffix(path: string, pattern: string): RegExp {
  try {
    return new RegExp(`^(?:.*\\.)?(?:${pattern})$`)
  } catch {
    throw refuseAdapter(path, `has the alpha_pattern ${pattern}, which can't be read; name modules instead`)
  }
}

/** The error for an adapter that can't be used; `what` says why, and what to do. */
export function refuseAdapter(path: string, what: string, cause?: unknown): PlumblineError {
  return new PlumblineError('invalid_request', `${path} ${what}.`, { cause })
}
