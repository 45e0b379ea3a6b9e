import type { TokenCount } from '../model/language-model.ts'
import type { Attributes } from './trace.ts'

/** What a model call spent, by OpenTelemetry's conventions for generative AI. */
export function tokenAttributes({ prompt, completion, cached }: TokenCount): Attributes {
  return {
    'gen_ai.usage.input_tokens': prompt,
    'gen_ai.usage.output_tokens': completion,
    'gen_ai.usage.cache_read.input_tokens': cached,
  }
}
