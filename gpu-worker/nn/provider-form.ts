import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Provider } from '../runtime/device.ts'
import type { Precision } from '../weights/store/plan.ts'
import type { DecoderOptions } from './decoder-model.ts'

/**
 * How a decoder's graph is written for a provider. CUDA's fused attention takes no bias, so there attention is spelt out;
 * and over weights in blocks it computes in float16, the processor in float32. Throws `not_configured` for bfloat16 on
 * the processor, which has no kernels for it.
 */
export function formFor(
  provider: Provider,
  precision: Precision,
): Pick<DecoderOptions, 'type' | 'attention'> {
  if (provider === 'cuda') {
    const blocked = precision === 'int4' || precision === 'int8'
    return { attention: 'primitive', ...(blocked ? { type: 'float16' } : {}) }
  }
  if (precision !== 'bfloat16') return { attention: 'fused' }
  throw new PlumblineError(
    'not_configured',
    'The processor multiplies no bfloat16: set PLUMBLINE_PRECISION to float32, float16, int8 or int4, or PLUMBLINE_PROVIDER=cuda.',
  )
}
