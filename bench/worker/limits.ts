import { decoderConfig } from '../../gpu-worker/nn/decoder-config.ts'
import { weightPlan } from '../../gpu-worker/nn/weight-plan.ts'
import { openDevice } from '../../gpu-worker/runtime/open-device.ts'
import { readCheckpoint } from '../../gpu-worker/weights/read-checkpoint.ts'
import { storeLayout } from '../../gpu-worker/weights/store/store-layout.ts'
import type { StoredWeight } from '../../gpu-worker/weights/store/weight-store.ts'
import { report } from '../statistics.ts'
import { bandwidth, blockedPeak, floatPeak } from './machine.ts'
import type { Setting } from './setting.ts'
import { PROMPT_TOKENS, type Rates } from './speed.ts'

/**
 * What share of this machine's limits our rates reach: for prefill the operations of the model's products beside the
 * peak of a large one, for batch-1 decode the bytes of weights a token beside the memory's bandwidth.
 */
export async function measureLimits(
  { threads, float32, quantised }: Setting,
  rates: Rates,
  precision: 'float32' | 'int4',
): Promise<void> {
  const device = await openDevice({ provider: 'cpu', threads })
  const peak = await (precision === 'int4' ? blockedPeak(device) : floatPeak(device))
  const bytesPerSecond = await bandwidth(device)
  device.dispose()

  const checkpoint = await readCheckpoint({ path: precision === 'int4' ? quantised : float32 })
  const config = decoderConfig(checkpoint)
  const plan = weightPlan(config, checkpoint)
  const products = plan
    .filter(({ name, role }) => role === 'linear' && name !== 'output.weight')
    .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
  // Scores and their sum with the values: two products for each head and each earlier token, half of them on average.
  const attention = 2 * config.layers * config.heads * config.headSize * (PROMPT_TOKENS / 2)
  const operations = 2 * (products + attention)
  report({ name: `peak of a large product, ${precision}`, value: peak / 1e9, unit: 'GFLOP/s' })
  for (const batch of [1, 8]) {
    report({
      name: `operations of prefill, batch ${batch}, ${precision}`,
      value: ((rates[`prefill ${batch}`] ?? Number.NaN) * operations) / 1e9,
      unit: 'GFLOP/s',
      against: 'peak of a large product',
      ratio: ((rates[`prefill ${batch}`] ?? Number.NaN) * operations) / peak,
    })
  }
  // Of the embedding's rows one is read for a token; all others of its bytes as the head, if they are.
  const { weights } = storeLayout(checkpoint, plan, precision)
  const read = plan
    .filter(({ role }) => role !== 'embedding')
    .reduce((sum, { name }) => sum + bytesOf(weights.get(name)), 0)
  report({ name: 'memory bandwidth', value: bytesPerSecond / 1e9, unit: 'GB/s' })
  report({ name: `weights read for a token, ${precision}`, value: read / 1e6, unit: 'MB' })
  const rate = rates['decode 1'] ?? Number.NaN
  report({
    name: `weights read by decode, batch 1, ${precision}`,
    value: (rate * read) / 1e9,
    unit: 'GB/s',
    against: 'memory bandwidth',
    ratio: (rate * read) / bytesPerSecond,
  })
}

function bytesOf(stored: StoredWeight | undefined): number {
  if (!stored) return 0
  if (stored.kind === 'plain') return stored.tensor.bytes
  return stored.values.bytes + stored.scales.bytes + (stored.zeros?.bytes ?? 0)
}
