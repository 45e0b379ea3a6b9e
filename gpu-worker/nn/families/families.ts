import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Checkpoint } from '../../weights/checkpoint.ts'
import type { Family } from './family.ts'
import { gemma3 } from './gemma3.ts'
import { llama } from './llama.ts'
import { qwen2 } from './qwen2.ts'
import { qwen3 } from './qwen3.ts'

export const FAMILIES: readonly Family[] = [llama, qwen2, qwen3, gemma3]

/** The family that a checkpoint's architecture names. Throws `not_configured` for one that we don't know. */
export function familyOf({
  path,
  format,
  architecture,
}: Pick<Checkpoint, 'path' | 'format' | 'architecture'>): Family {
  const family = FAMILIES.find((known) => known.architectures[format].includes(architecture))
  if (family) return family
  const known = FAMILIES.flatMap((entry) => entry.architectures[format]).join(', ')
  throw new PlumblineError(
    'not_configured',
    `${path} is a model of the family ${architecture}; use one of ${known}.`,
  )
}
