import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Checkpoint } from '../../weights/checkpoint.ts'
import { readCheckpoint } from '../../weights/read-checkpoint.ts'
import type { Precision } from '../../weights/store/plan.ts'
import { storeWeights } from '../../weights/store/store-weights.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import type { DecoderConfig } from '../decoder-config.ts'
import { readDecoderConfig } from '../read-decoder-config.ts'
import { weightPlan } from '../weight-plan.ts'
import { writeTinyFolder } from './tiny-folder.ts'
import { writeTinyGguf } from './tiny-gguf.ts'
import type { TinyModel } from './tiny-models.ts'
import type { TinyTensor } from './tiny-tensors.ts'

export type TinyCheckpoint = {
  checkpoint: Checkpoint
  config: DecoderConfig
  store: (precision: Precision) => Promise<WeightStore>
} & AsyncDisposable

/** A tiny model in files of its own, which are gone when it is disposed of. `tensors` are others for a folder. */
export async function tinyCheckpoint(
  model: TinyModel,
  format: Checkpoint['format'] = 'safetensors',
  tensors?: ReadonlyMap<string, TinyTensor>,
): Promise<TinyCheckpoint> {
  const home = await mkdtemp(join(tmpdir(), 'plumbline-tiny-'))
  const path = join(home, format === 'gguf' ? 'tiny.gguf' : 'tiny')
  await (format === 'gguf' ? writeTinyGguf(path, model) : writeTinyFolder(path, model, tensors))
  const checkpoint = await readCheckpoint({ path })
  const config = await readDecoderConfig(checkpoint)
  return {
    checkpoint,
    config,
    store: (precision) =>
      storeWeights(checkpoint, weightPlan(config, checkpoint), precision, join(home, 'weights'), () => {}),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true }),
  }
}

/** The largest difference of two lists of rows. */
export function largestDifference(a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[]): number {
  if (a.length !== b.length || a.length === 0) return Number.NaN
  return Math.max(
    ...a.map((row, i) => {
      const other = b[i] ?? []
      return Array.from(row).reduce(
        (most, value, j) => Math.max(most, Math.abs(value - (other[j] ?? Number.NaN))),
        0,
      )
    }),
  )
}
