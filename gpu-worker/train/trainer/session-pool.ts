import type { DecoderConfig } from '../../nn/decoder-config.ts'
import { type TrainingOptions, trainingModel } from '../../nn/training/training-model.ts'
import type { Device } from '../../runtime/device.ts'
import type { WeightStore } from '../../weights/store/weight-store.ts'
import { type StepMemory, stepMemory } from './step-memory.ts'
import { TrainingSession } from './training-session.ts'

/** Of the device's memory: the rest is for weights, rollouts, and whatever else runs there. */
const SHARE = 1 / 2

/**
 * The training graphs of a model, one a shape and loss, opened when they are first asked for. All roles share them: their
 * parameters go in at each run. Those that were not used for longest are closed where all together would be too many.
 */
export class SessionPool {
  /** Bytes that all together may take, as they are estimated. */
  readonly most: number
  readonly #device: Device
  readonly #config: DecoderConfig
  readonly #store: WeightStore
  /** The one that was used last stands last. */
  readonly #open = new Map<string, TrainingSession>()
  readonly #memory = new Map<string, StepMemory>()

  constructor(device: Device, config: DecoderConfig, store: WeightStore, most = SHARE * device.memoryBytes) {
    this.most = most
    this.#device = device
    this.#config = config
    this.#store = store
  }

  /** Bytes that the session of a graph takes, whether it is open or not. */
  bytes(options: TrainingOptions): number {
    const { arena, own } = this.#memoryOf(keyOf(options), options)
    return arena + own
  }

  /** The session of a graph. It may be closed when another is asked for: ask again for each run. */
  async session(options: TrainingOptions): Promise<TrainingSession> {
    const key = keyOf(options)
    const known = this.#open.get(key)
    if (known) {
      this.#open.delete(key)
      this.#open.set(key, known)
      return known
    }
    this.#makeRoom(this.#memoryOf(key, options))
    const model = trainingModel(this.#config, this.#store, options)
    const session = await TrainingSession.open(this.#device, this.#store.path, model)
    this.#open.set(key, session)
    return session
  }

  dispose(): void {
    for (const session of this.#open.values()) session.dispose()
    this.#open.clear()
  }

  #memoryOf(key: string, options: TrainingOptions): StepMemory {
    const memory = this.#memory.get(key) ?? stepMemory(this.#config, this.#store, options)
    this.#memory.set(key, memory)
    return memory
  }

  #makeRoom(next: StepMemory): void {
    for (const [key, session] of this.#open) {
      const open = Array.from(this.#open.keys(), (each) => this.#memory.get(each) ?? next)
      if (together([...open, next], this.#device.sharesArenas) <= this.most) return
      session.dispose()
      this.#open.delete(key)
    }
  }
}

/** Sessions run by turns: an arena that they share takes what the largest needs. */
function together(all: readonly StepMemory[], shared: boolean): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  const arenas = all.map(({ arena }) => arena)
  return (shared ? Math.max(...arenas) : sum(arenas)) + sum(all.map(({ own }) => own))
}

/** A layout's entries follow from what is left here of it. */
function keyOf({ layout, ...options }: TrainingOptions): string {
  const trained = layout.kind === 'lora' ? [layout.rank, layout.targets] : ['full']
  return JSON.stringify([trained, options])
}
