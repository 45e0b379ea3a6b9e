import { basename } from 'node:path'
import { type DecoderModel, decoderModel, decoderType } from '../nn/decoder-model.ts'
import { formFor } from '../nn/provider-form.ts'
import type { Device, Provider } from '../runtime/device.ts'
import { openDevice, type RuntimeName } from '../runtime/open-device.ts'
import { createConstraintCompiler } from '../text/constrained/compiler.ts'
import type { OnProgress } from '../weights/progress.ts'
import type { ModelInfo } from './engine.ts'
import { contextWithin } from './kv/kv-budget.ts'
import { Model, type ModelLimits } from './model.ts'
import { type ModelSource, modelSource, type SourceOptions } from './model-source.ts'

export type LoadOptions = SourceOptions & {
  provider: Provider
  runtime: RuntimeName | undefined
  threads: number
  /** Tokens that prompt and reply may have together; the model's own limit if absent or larger, and no more than memory holds. */
  context: number | undefined
  limits: ModelLimits
}

export type Loaded = {
  info: ModelInfo
  model: Model
  source: ModelSource
  device: Device
  /** Waits for the pass under way; what else runs fails. Throws `TypeError` while something else of the device lives. */
  dispose(): Promise<void>
}

/**
 * Fetches, converts and loads a model; what was done before is not done again. After the signal's abort its
 * reason is thrown, with nothing half-made left behind.
 */
export async function loadModel(
  options: LoadOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Loaded> {
  const { provider, runtime, threads } = options
  // What it lacks is said before anything is fetched.
  const device = await openDevice({ provider, threads, ...(runtime && { runtime }) })
  try {
    return await loadOnto(device, options, onProgress, signal)
  } catch (error) {
    device.dispose()
    throw error
  }
}

async function loadOnto(
  device: Device,
  options: LoadOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Loaded> {
  // Refused before anything is fetched.
  formFor(options.provider, options.precision)
  const source = await modelSource(options, onProgress, signal)
  const { path, digest, config } = source
  const wanted = Math.min(options.context ?? config.context, config.context)
  const context = contextOf(source, device, options)
  const cut =
    context < wanted ? `, of whose ${wanted} tokens of context PLUMBLINE_KV_BYTES holds ${context}` : ''
  onProgress({ phase: 'load', done: 0, total: 0, detail: `Loading ${basename(path)}${cut}` })
  const model = await openModel(source, device, options)
  if (signal.aborted) await model.dispose()
  signal.throwIfAborted()
  const { vocabulary, family } = config
  const { precision } = options
  return {
    info: { id: modelName(path), digest, context, vocabulary, family, precision },
    model,
    source,
    device,
    async dispose() {
      await model.dispose()
      device.dispose()
    },
  }
}

/** A model of a source on a device, which stays the caller's. */
export async function openModel(
  source: Omit<ModelSource, 'path' | 'digest'>,
  device: Device,
  options: Pick<LoadOptions, 'context' | 'limits'>,
): Promise<Model> {
  const { config, store, tokenizer, chat } = source
  const context = contextOf(source, device, options)
  const form = formFor(device.provider, store.precision)
  const decoder = (lora: boolean) =>
    decoderModel(config, store, { lora, tree: true, positions: context, ...form })
  const open = ({ model, initializers }: DecoderModel) =>
    device.openSession({ model, weights: { path: store.path, initializers } })
  return new Model({
    device,
    session: await open(decoder(false)),
    openAdapted: () => open(decoder(true)),
    config: { ...config, context },
    type: kvType(source, device),
    tokenizer,
    chat,
    constraints: createConstraintCompiler(tokenizer),
    limits: options.limits,
  })
}

/** Tokens that fit: as many as the model, the options and memory allow. */
function contextOf(
  source: Pick<ModelSource, 'config' | 'store'>,
  device: Device,
  { context, limits }: Pick<LoadOptions, 'context' | 'limits'>,
): number {
  const { config } = source
  const shape = { ...config, dtype: kvType(source, device) }
  return contextWithin(limits.kvBytes, shape, Math.min(context ?? config.context, config.context))
}

/** The type of keys and values. */
function kvType({ store }: Pick<ModelSource, 'store'>, { provider }: Device) {
  return formFor(provider, store.precision).type ?? decoderType(store.precision)
}

/** SmolLM2-135M-Instruct.Q4_1.gguf is smollm2-135m-instruct. */
function modelName(path: string): string {
  return basename(path)
    .replace(/\.gguf$/i, '')
    .replace(/[.-](i?q\d\w*|b?f16|f32)$/i, '')
    .toLowerCase()
}
