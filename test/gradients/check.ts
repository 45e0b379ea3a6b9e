import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { LORA_SITES } from '../../gpu-worker/nn/ports.ts'
import { type TinyCheckpoint, tinyCheckpoint } from '../../gpu-worker/nn/testing/tiny-checkpoint.ts'
import { TINY_MODELS, TINY_NAMES, TINY_TOKENS } from '../../gpu-worker/nn/testing/tiny-models.ts'
import { noise } from '../../gpu-worker/nn/testing/tiny-tensors.ts'
import { storedParameters } from '../../gpu-worker/nn/training/initial-parameters.ts'
import {
  fullLayout,
  loraLayout,
  type ParameterLayout,
} from '../../gpu-worker/nn/training/parameter-layout.ts'
import { type StepOutputs, stepOnce } from '../../gpu-worker/nn/training/testing/running-step.ts'
import { weightPlan } from '../../gpu-worker/nn/weight-plan.ts'
import type { Device } from '../../gpu-worker/runtime/device.ts'
import { openDevice } from '../../gpu-worker/runtime/open-device.ts'
import type { Loss } from '../../gpu-worker/train/loss.ts'
import type { WeightStore } from '../../gpu-worker/weights/store/weight-store.ts'

/**
 * Compares the gradients of tiny models of every family, by all of their weights and by an adapter's, with those that
 * PyTorch computes through transformers and peft, for every loss:
 * `npm run check:gradients -- --python /path/to/python`, whose Python has the three. Prints a JSON line a model and kind, with
 * the largest relative error (L2) over the losses, and ends with 1 where one is above the limit.
 */

const LIMIT = 1e-5
const RANK = 4
const ALPHA = 6
const ROWS = [
  { prompt: TINY_TOKENS.slice(0, 7), branches: [TINY_TOKENS.slice(7, 13), [44, 2, 31]] },
  { prompt: TINY_TOKENS.slice(3, 5), branches: [TINY_TOKENS.slice(9, 14), [8, 61, 17, 30]] },
]
const TARGETS = ROWS.flatMap(({ branches }) => branches.flat()).length
const LOSSES: readonly Loss[] = [
  { kind: 'supervised' },
  { kind: 'dpo', beta: 0.3, supervised: 0.2 },
  { kind: 'policy', clip: { low: 0.2, high: 0.28 }, kl: 0.1, truncation: 1.1, old: 'given' },
  { kind: 'policy', clip: { low: 0.2, high: 0.2 }, kl: 0, truncation: 2, old: 'current' },
]

type Subject = {
  kind: string
  layout: ParameterLayout
  parameters: Float32Array
  /** What PyTorch calls the tensors that an entry of the layout is made of. */
  entries: readonly (readonly string[])[]
}

const asked = process.argv.indexOf('--python')
const python = asked < 0 ? 'python3' : (process.argv[asked + 1] ?? 'python3')
const device = await openDevice({ provider: 'cpu', threads: 2 })
for (const name of TINY_NAMES) {
  await using tiny = await tinyCheckpoint(TINY_MODELS[name])
  const store = await tiny.store('float32')
  const steps: Step[] = []
  for (const subject of await subjects(tiny, store)) {
    for (const loss of LOSSES) steps.push(await step(device, tiny, store, subject, loss))
  }
  const expected = await reference(tiny.checkpoint.path, steps)
  for (const kind of new Set(steps.map(({ subject }) => subject.kind))) {
    const errors = steps.flatMap(({ subject, found }, i) =>
      subject.kind === kind ? [relativeError(found.gradient, expected[i]?.gradient ?? [])] : [],
    )
    const value = Math.max(...errors)
    const ok = value <= LIMIT
    const line = { name: `${name}, ${kind}`, value, unit: 'relative error', limit: LIMIT, ok }
    console.log(JSON.stringify(line))
    if (!ok) process.exitCode = 1
  }
}
device.dispose()

async function subjects({ config, checkpoint }: TinyCheckpoint, store: WeightStore): Promise<Subject[]> {
  const lora = loraLayout(config, { rank: RANK, targets: LORA_SITES })
  const plan = weightPlan(config, checkpoint)
  const full = fullLayout(config, plan)
  const tensors = (entry: string) => plan.find((weight) => weight.name === entry)?.parts ?? []
  return [
    {
      kind: 'adapter',
      layout: lora,
      parameters: noise('adapter', [lora.size], 0.3),
      entries: lora.entries.map(({ name }) => [name]),
    },
    {
      kind: 'all weights',
      layout: full,
      parameters: await storedParameters(full, store),
      entries: full.entries.map(({ name }) => tensors(name).map(({ tensor }) => tensor)),
    },
  ]
}

type Step = { subject: Subject; loss: Loss; columns: Record<string, number[]>; found: StepOutputs }

/** Columns are so far from the model's own log-probabilities that some tokens are clipped and some weights truncated. */
async function step(
  device: Device,
  { config }: TinyCheckpoint,
  store: WeightStore,
  subject: Subject,
  loss: Loss,
): Promise<Step> {
  const { layout, parameters } = subject
  const score = await stepOnce(
    device,
    config,
    store,
    ROWS,
    { layout, loss: null, alpha: ALPHA },
    { parameters },
  )
  const spread = (column: string, size: number) => Array.from(noise(column, [TARGETS], size))
  const near = (column: string, size: number) =>
    spread(column, size).map((value, i) => value + (score.logprobs[i] ?? 0))
  const columns = {
    weight: spread('weight', 0.4).map((value) => value + 1),
    advantage: spread('advantage', 2),
    ...{ old: near('old', 0.5), reference: near('reference', 0.5), rollout: near('rollout', 0.5) },
  }
  const options = { layout, loss, alpha: ALPHA, recompute: 'layers' as const }
  const found = await stepOnce(device, config, store, ROWS, options, { parameters, columns })
  return { subject, loss, columns, found }
}

/** Loss, log-probabilities and gradient of each step, by PyTorch. */
async function reference(folder: string, steps: readonly Step[]): Promise<StepOutputs[]> {
  const job = {
    rows: ROWS,
    steps: steps.map(({ subject, loss, columns }) => {
      return { lora: adapterOf(subject), loss, columns, entries: subject.entries }
    }),
  }
  const script = join(import.meta.dirname, 'reference.py')
  const child = spawn(python, [script, folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(job))
  const results: StepOutputs[] = JSON.parse(await text(child.stdout))
  return results
}

function adapterOf({ layout, parameters }: Subject) {
  if (layout.kind !== 'lora') return null
  const values = layout.entries.map(({ name, shape, offset }) => {
    const size = shape.reduce((product, dim) => product * dim, 1)
    return [name, Array.from(parameters.subarray(offset, offset + size))] as const
  })
  return { rank: RANK, alpha: ALPHA, targets: LORA_SITES, values: Object.fromEntries(values) }
}

function relativeError(found: readonly number[], expected: readonly number[]): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY
  const length = (values: readonly number[]) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))
  return length(found.map((value, i) => value - (expected[i] ?? Number.NaN))) / length(expected)
}
