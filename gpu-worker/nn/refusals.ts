import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Checkpoint } from '../weights/checkpoint.ts'
import { type Family, settingKey } from './families/family.ts'

const ACTIVATIONS = { silu: ['silu', 'swish'], gelu: ['gelu_pytorch_tanh'] }

/** Throws `not_configured` for a model that has a family's name but isn't of the form that the graph computes. */
export function refuseOtherForms(checkpoint: Checkpoint, { name, traits, local }: Family): void {
  const { path, settings, format } = checkpoint
  const refuse = (what: string): never => {
    throw new PlumblineError(
      'not_configured',
      `${path} ${what}, which can't be run here; use another ${name} model.`,
    )
  }
  const key = (own: string) => settingKey(checkpoint, own)
  if (settings.number(key('expert_count'), 0) > 0) refuse('is a mixture of experts')
  if (format === 'gguf') return

  const activation = ['hidden_activation', 'hidden_act'].find((known) => settings.has(known))
  if (activation !== undefined && !ACTIVATIONS[traits.activation].includes(settings.string(activation))) {
    refuse(`has ${settings.string(activation)} as its activation`)
  }
  for (const softcap of ['attn_logit_softcapping', 'final_logit_softcapping']) {
    if (settings.has(softcap)) refuse(`caps its logits (${softcap})`)
  }
  if (settings.boolean('use_bidirectional_attention', false)) refuse('looks ahead in its text')
  if (!local && settings.boolean('use_sliding_window', false)) refuse('looks back a window alone')
}
