import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as z from 'zod'
import { type TinyCheckpoint, tinyCheckpoint } from '../../gpu-worker/nn/testing/tiny-checkpoint.ts'
import {
  TINY_MODELS,
  TINY_NAMES,
  TINY_TOKENS,
  type TinyName,
} from '../../gpu-worker/nn/testing/tiny-models.ts'
import { mergedWeights } from '../../gpu-worker/nn/training/merge-adapter.ts'
import { fullLayout } from '../../gpu-worker/nn/training/parameter-layout.ts'
import { weightPlan } from '../../gpu-worker/nn/weight-plan.ts'
import { openDevice } from '../../gpu-worker/runtime/open-device.ts'
import { TinyGround } from '../../gpu-worker/train/trainer/testing/tiny-ground.ts'
import { readAdapter } from '../../gpu-worker/weights/adapter.ts'
import { writeModel } from '../../gpu-worker/weights/write-model.ts'

/**
 * Holds adapters against Python's peft, on every family of tiny models: one that was trained here loads there unchanged
 * and gives the same log-probabilities, as does the model that it was merged into; one that peft saved gives the same
 * here. Llama's is trained on a GGUF file too, whose rows lie otherwise. Needs a Python with torch, transformers and peft:
 * `npm run check:adapters -- --python /path/to/python`. Prints a
 * JSON line a comparison, with the largest difference of a log-probability, and ends with 1 where one fails.
 */
const { python } = parseArgs({ options: { python: { type: 'string', default: 'python3' } } }).values

/** Of log-probabilities. */
const LIMIT = 1e-5
/** What an adapter has to change at the least, so that the rest says something. */
const CHANGED = 0.1
const LORA = { rank: 4, alpha: 6 }
const PEFT = { r: 4, lora_alpha: 6, target_modules: 'all-linear' }
const [PROMPT, REPLY] = [TINY_TOKENS.slice(0, 1), TINY_TOKENS.slice(1)]
const results = z.array(
  z.object({ logprobs: z.array(z.number()).optional(), unchanged: z.boolean().optional() }),
)

type Case = { name: string; model: string; adapter: string; merged: string | null; ours: ArrayLike<number> }

const home = await mkdtemp(join(tmpdir(), 'plumbline-adapters-'))
const device = await openDevice({ provider: 'cpu', threads: 1 })
const models = new Map<TinyName, TinyCheckpoint>()
try {
  for (const name of TINY_NAMES) models.set(name, await tinyCheckpoint(TINY_MODELS[name]))
  const cases: Case[] = []
  for (const [name, tiny] of models) cases.push(await trained(name, tiny, tiny))
  await using gguf = await tinyCheckpoint(TINY_MODELS.llama, 'gguf')
  const llama = models.get('llama')
  if (llama) cases.push(await trained('llama from GGUF', gguf, llama))
  await comparePython(cases)
} finally {
  for (const tiny of models.values()) await tiny[Symbol.asyncDispose]()
  device.dispose()
  await rm(home, { recursive: true })
}

/** Trains an adapter on a model, and merges it where a folder can be made of that. Python will put it on `base`. */
async function trained(name: string, tiny: TinyCheckpoint, base: TinyCheckpoint): Promise<Case> {
  const ground = await TinyGround.open(device, tiny)
  const trainer = await ground.trainer({ lora: LORA, optimiser: { learning_rate: 0.02 } })
  const weight = new Float32Array(REPLY.length).fill(1 / REPLY.length)
  const tree = { prompt: PROMPT, branches: [{ tokens: REPLY, columns: { weight } }] }
  for (let step = 0; step < 3; step++) await trainer.update([tree], { kind: 'supervised' })
  const [adapter, merged] = [join(home, `${name} adapter`), join(home, `${name} merged`)]
  await trainer.save(adapter)
  const { checkpoint, config } = tiny
  const layout = fullLayout(config, weightPlan(config, checkpoint))
  const folder = checkpoint.format === 'safetensors'
  if (folder) {
    const weights = mergedWeights(config, layout, ground.ground.store, await readAdapter(adapter))
    await writeModel(merged, checkpoint, config, weights)
  }
  const ours = (await trainer.score([tree]))[0]?.[0]?.logprobs ?? []
  const plain = (await trainer.score([tree], null))[0]?.[0]?.logprobs ?? []
  const changed = distance(ours, plain)
  tell(`${name}: what the adapter changes`, changed, changed >= CHANGED)
  ground.dispose()
  return { name, model: base.checkpoint.path, adapter, merged: folder ? merged : null, ours }
}

async function comparePython(cases: readonly Case[]): Promise<void> {
  const score = (model: string, adapter: string | null) => ({
    ...{ kind: 'score', model, adapter },
    tokens: TINY_TOKENS,
  })
  const made = Array.from(models, ([name, { checkpoint }], seed) => ({
    name,
    job: { kind: 'make', model: checkpoint.path, adapter: join(home, `${name} peft`), seed, config: PEFT },
  }))
  const jobs = [
    ...cases.map(({ model, adapter }) => score(model, adapter)),
    ...cases.map(({ model, merged, adapter }) => (merged ? score(merged, null) : score(model, adapter))),
    ...made.map(({ job }) => job),
    ...made.map(({ job }) => score(job.model, job.adapter)),
  ]
  const found = await runPython(jobs)
  for (const [i, { name, ours, merged }] of cases.entries()) {
    const theirs = found[i]
    report(`${name}: trained here, loaded by peft`, distance(ours, theirs?.logprobs ?? []))
    const changed = theirs?.unchanged ? 0 : 1
    tell(`${name}: peft gives back other tensors than it loaded`, changed, changed === 0)
    if (merged) report(`${name}: merged here`, distance(ours, found[cases.length + i]?.logprobs ?? []))
  }
  for (const [i, { name, job }] of made.entries()) {
    const theirs = found[2 * cases.length + made.length + i]?.logprobs ?? []
    report(`${name}: saved by peft, loaded here`, distance(await scoreHere(name, job.adapter), theirs))
  }
}

async function scoreHere(name: TinyName, adapter: string): Promise<ArrayLike<number>> {
  const tiny = models.get(name)
  if (!tiny) throw new TypeError(`there is no ${name}`)
  const ground = await TinyGround.open(device, tiny)
  const trainer = await ground.trainer({ lora: LORA }, { adapter })
  const scores = await trainer.score([{ prompt: PROMPT, branches: [{ tokens: REPLY, columns: {} }] }])
  ground.dispose()
  return scores[0]?.[0]?.logprobs ?? []
}

async function runPython(jobs: readonly object[]): Promise<z.infer<typeof results>> {
  const child = spawn(python, [join(import.meta.dirname, 'reference.py')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(jobs))
  const chunks: Buffer[] = []
  for await (const chunk of child.stdout) chunks.push(chunk)
  return results.parse(JSON.parse(Buffer.concat(chunks).toString()))
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const differences = Array.from(a, (value, i) => Math.abs(value - (b[i] ?? Number.NaN)))
  return a.length === b.length ? Math.max(...differences) : Number.NaN
}

function report(name: string, difference: number): void {
  tell(name, difference, difference <= LIMIT)
}

function tell(name: string, value: number, ok: boolean): void {
  console.log(JSON.stringify({ name, value, ok }))
  if (!ok) process.exitCode = 1
}
