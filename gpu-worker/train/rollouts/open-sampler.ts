import { access, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { openModel } from '../../generate/load-model.ts'
import type { Model, ModelLimits } from '../../generate/model.ts'
import type { ModelSource } from '../../generate/model-source.ts'
import { readDecoderConfig } from '../../nn/read-decoder-config.ts'
import { weightPlan } from '../../nn/weight-plan.ts'
import type { Device } from '../../runtime/device.ts'
import { readCheckpoint } from '../../weights/read-checkpoint.ts'
import { storeWeights } from '../../weights/store/store-weights.ts'
import type { Sampler } from '../sampler.ts'
import { type Answering, chooseTogether, sampleTogether } from './model-sampler.ts'

export type SamplerParts = {
  /** The base model, which stays its owner's. */
  model: Model
  source: ModelSource
  device: Device
  limits: ModelLimits
}

export type OpenSampler = Sampler & {
  /** Ends the whole models that were loaded as roles. */
  dispose(): Promise<void>
}

/** A sampler over a loaded model, in the thread that runs it. */
export function openSampler({ model, source, device, limits }: SamplerParts): OpenSampler {
  const { tokenizer, chat, config } = source
  const adapters = new Set<string>()
  const wholes = new Map<string, Model>()

  const answering = (role: string | null): Answering => {
    if (role === null) return { model, adapter: null }
    const own = wholes.get(role)
    if (own) return { model: own, adapter: null }
    if (adapters.has(role)) return { model, adapter: role }
    throw new PlumblineError('model_not_found', `Nothing is loaded for the role '${role}': load it first.`)
  }

  /** Once this resolves no adapter of the role is left in the engine's memory. */
  async function forget(role: string): Promise<void> {
    const own = wholes.get(role)
    wholes.delete(role)
    await own?.dispose()
    if (adapters.delete(role)) await model.unloadAdapter(role)
  }

  return {
    prompt: (messages) => chat(messages),
    encode: (text) => tokenizer.encode(text),
    decode: (tokens) => decode(tokens, source),
    end: endOfReply(source),
    sample: (requests, signal) => sampleTogether(requests, answering, signal),
    choose: (requests, signal) => chooseTogether(requests, answering, signal),
    async load(role, folder) {
      await forget(role)
      if (await isAdapter(folder)) {
        await model.loadAdapter(role, folder)
        adapters.add(role)
        return
      }
      wholes.set(role, await openWhole(folder, source, device, { context: config.context, limits }))
    },
    async dispose() {
      for (const role of [...wholes.keys()]) await forget(role)
    },
  }
}

/** A whole model in a folder, which reads and writes text as the base does. */
async function openWhole(
  folder: string,
  base: ModelSource,
  device: Device,
  options: { context: number; limits: ModelLimits },
): Promise<Model> {
  const checkpoint = await readCheckpoint({ path: folder })
  const config = await readDecoderConfig(checkpoint)
  const plan = weightPlan(config, checkpoint)
  const kept = join(folder, 'weights')
  // What lies there may be of the model that the folder held before.
  await rm(kept, { recursive: true, force: true })
  const store = await storeWeights(checkpoint, plan, base.store.precision, kept, () => {})
  return openModel({ ...base, config, store }, device, options)
}

async function isAdapter(folder: string): Promise<boolean> {
  return access(join(folder, 'adapter_config.json')).then(
    () => true,
    () => false,
  )
}

/** Control tokens are left out, as in the text of a reply. */
function decode(tokens: readonly number[], { tokenizer }: Pick<ModelSource, 'tokenizer'>): string {
  const bytes = tokens.flatMap((token) => (tokenizer.isControl(token) ? [] : [...tokenizer.bytes(token)]))
  return new TextDecoder().decode(Uint8Array.from(bytes))
}

/** What the model's own chat template ends a reply with; where it has nothing of the kind, the first of the tokens that do. */
function endOfReply({ tokenizer, chat }: Pick<ModelSource, 'tokenizer' | 'chat'>): number {
  const turns = chat([
    { role: 'user', content: '.' },
    { role: 'assistant', content: '.' },
  ])
  const written = turns.findLast((token) => tokenizer.ends.has(token))
  const [first] = tokenizer.ends
  const end = written ?? first
  if (end !== undefined) return end
  throw new PlumblineError(
    'not_configured',
    "The model's tokenizer names no token that ends a reply; use an instruct model.",
  )
}
