import { recomputed, type TrainingSettings } from '../../../shared/protocol/training/training.ts'
import type { DecoderConfig } from '../../nn/decoder-config.ts'
import { loraInitialValues, storedParameters } from '../../nn/training/initial-parameters.ts'
import { fullLayout, loraLayout, type ParameterLayout } from '../../nn/training/parameter-layout.ts'
import { weightPlan } from '../../nn/weight-plan.ts'
import type { Device } from '../../runtime/device.ts'
import { readAdapter } from '../../weights/adapter.ts'
import { readCheckpoint } from '../../weights/read-checkpoint.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import { writeAdapter } from '../../weights/write-adapter.ts'
import { writeModel } from '../../weights/write-model.ts'
import type { Trainer } from '../trainer.ts'
import { DecoderPass } from './decoder-pass.ts'
import { givenAdapter } from './given-adapter.ts'
import { ModelTrainer } from './model-trainer.ts'
import type { SessionPool } from './session-pool.ts'

/** The model that trainers of all roles stand on. */
export type TrainerGround = {
  device: Device
  config: DecoderConfig
  store: WeightStore
  /** Of the model's file or folder. */
  path: string
  /** Shared by all roles. */
  sessions: SessionPool
}

export type TrainerOptions = {
  settings: TrainingSettings
  /** Of the first parameters and of dropout: another for each role. */
  seed: number
  /** Updates of this role in the whole run, where they are known. */
  totalUpdates: number | null
  /** Folder of an adapter to begin with. */
  adapter?: string | null
  /** What adapters say they belong to: the model as it was asked for. */
  base: string
  /** Milliseconds; the process's clock by default. */
  now?: () => number
}

/**
 * Opens a trainer of an adapter, or with `settings.full` of all weights. Throws `PlumblineError` for settings that don't
 * fit the model or the adapter.
 */
export function openTrainer(ground: TrainerGround, options: TrainerOptions): Promise<Trainer> {
  return options.settings.full ? openFull(ground, options) : openLora(ground, options)
}

async function openLora(ground: TrainerGround, options: TrainerOptions): Promise<Trainer> {
  const { rank, alpha, dropout, targets } = options.settings.lora
  const layout = loraLayout(ground.config, { rank, targets })
  if (layout.kind !== 'lora') throw new TypeError('an adapter was asked for')
  const given = options.adapter ? await readAdapter(options.adapter) : null
  return ModelTrainer.open({
    ...shared(ground, options, layout, { alpha, dropout }),
    first: given ? givenAdapter(layout, alpha / rank, given) : loraInitialValues(layout, options.seed),
    untrained: new Float32Array(layout.size),
    save: (folder, parameters) =>
      writeAdapter(
        folder,
        { rank, alpha, dropout, targets, base: options.base },
        tensorsOf(layout, parameters),
      ),
  })
}

async function openFull(ground: TrainerGround, options: TrainerOptions): Promise<Trainer> {
  const { config, store, path } = ground
  const checkpoint = await readCheckpoint({ path })
  const layout = fullLayout(config, weightPlan(config, checkpoint))
  const first = await storedParameters(layout, store)
  return ModelTrainer.open({
    ...shared(ground, options, layout, {}),
    ...{ first, untrained: first },
    save: (folder, parameters) => writeModel(folder, checkpoint, config, tensorsOf(layout, parameters)),
  })
}

function shared(
  { device, config, sessions }: TrainerGround,
  { settings, seed, totalUpdates, now = performance.now.bind(performance) }: TrainerOptions,
  layout: ParameterLayout,
  lora: { alpha?: number; dropout?: number },
) {
  const { precision: type, batch_tokens: budget } = settings
  const graph = { layout, type, recompute: recomputed(settings.recompute), ...lora }
  const pass = new DecoderPass({ sessions, model: config, graph, budget, seed })
  return { device, layout, settings, pass, totalUpdates, now }
}

function tensorsOf({ entries }: ParameterLayout, parameters: Float32Array) {
  return entries.map(({ name, shape, offset }) => {
    const count = shape.reduce((product, size) => product * size, 1)
    return { name, shape, values: parameters.subarray(offset, offset + count) }
  })
}
