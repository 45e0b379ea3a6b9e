import type { DecoderConfig } from '../../nn/decoder-config.ts'
import { type TrainingOptions, trainingModel } from '../../nn/training/training-model.ts'
import type { Device } from '../../runtime/device.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import { TrainingSession } from './training-session.ts'

/** That the activations of all open sessions together may take, as they are estimated; the one in use may take more. */
const MOST_BYTES = 4 * 2 ** 30
/** Of activations, for each layer, channel and token of a step at float32 that keeps them all: measured. */
const ACTIVATION_BYTES = 120
/** The part of that which is left with recomputation, and where there is no backward pass. */
const RECOMPUTED = 1 / 4
const SCORED = 1 / 8

type Open = { session: TrainingSession; bytes: number }

/**
 * The training graphs of a model, one a shape and loss, opened when they are first asked for. All roles share them: their
 * parameters go in at each run. Those that were not used for longest are closed where all together would be too many.
 */
export class SessionPool {
  readonly #device: Device
  readonly #config: DecoderConfig
  readonly #store: WeightStore
  /** The one that was used last stands last. */
  readonly #open = new Map<string, Open>()

  constructor(device: Device, config: DecoderConfig, store: WeightStore) {
    this.#device = device
    this.#config = config
    this.#store = store
  }

  /** The session of a graph. It may be closed when another is asked for: ask again for each run. */
  async session(options: TrainingOptions): Promise<TrainingSession> {
    const key = keyOf(options)
    const known = this.#open.get(key)
    if (known) {
      this.#open.delete(key)
      this.#open.set(key, known)
      return known.session
    }
    const bytes = this.#estimate(options)
    this.#makeRoom(MOST_BYTES - bytes)
    const model = trainingModel(this.#config, this.#store, options)
    const session = await TrainingSession.open(this.#device, this.#store.path, model)
    this.#open.set(key, { session, bytes })
    return session
  }

  dispose(): void {
    for (const { session } of this.#open.values()) session.dispose()
    this.#open.clear()
  }

  #estimate({ shape, loss, recompute }: TrainingOptions): number {
    const { layers, hidden } = this.#config
    const all = shape.rows * shape.tokens * layers * hidden * ACTIVATION_BYTES
    if (loss === null) return all * SCORED
    return recompute ? all * RECOMPUTED : all
  }

  #makeRoom(most: number): void {
    let bytes = [...this.#open.values()].reduce((sum, open) => sum + open.bytes, 0)
    for (const [key, open] of this.#open) {
      if (bytes <= most) return
      open.session.dispose()
      this.#open.delete(key)
      bytes -= open.bytes
    }
  }
}

/** A layout's entries follow from what is left here of it. */
function keyOf({ layout, ...options }: TrainingOptions): string {
  const trained = layout.kind === 'lora' ? [layout.rank, layout.targets] : ['full']
  return JSON.stringify([trained, options])
}
