import { PlumblineError } from '../../shared/protocol/error.ts'
import { checkAdapter } from '../nn/adapter-bank.ts'
import type { DecoderConfig } from '../nn/decoder-config.ts'
import type { DType } from '../onnx/types.ts'
import type { Device, Session } from '../runtime/device.ts'
import { type Adapter, readAdapter } from '../weights/adapter.ts'
import type { AdapterInfo } from './engine.ts'
import type { Adapted } from './passes.ts'
import { StackedAdapters } from './stacked-adapters.ts'
import { Turns } from './turns.ts'

/** Adapters at once, and ranks of one. */
const MAX_ADAPTERS = 16
const MAX_RANK = 128

export type AdaptersParts = {
  device: Device
  config: DecoderConfig
  /** The type that the decoder computes in. */
  type: DType
  /** Opens the decoder that takes adapters, over the weights of the other. */
  openSession: () => Promise<Session>
  /** Between whose turns no pass is under way. */
  turns: Turns
  /** Drops what was read under an adapter. */
  forget: (key: string) => void
}

/** An adapter in use by some requests. `key` tells it from one that had its name before. */
type Held = {
  key: string
  info: AdapterInfo
  adapter: Adapter
  users: number
  idle: PromiseWithResolvers<void> | null
}

/** The hold that a request has on its adapter. */
export type AdapterUse = Disposable & { key: string | null }

/** The adapters that are loaded. Rows of one pass may use different ones. */
export class Adapters {
  readonly #parts: AdaptersParts
  readonly #byName = new Map<string, Held>()
  /** Those of `#byName` and those that still answer their last requests. */
  readonly #held = new Set<Held>()
  readonly #changes = new Turns()
  #stacked: StackedAdapters | null = null
  #session: Session | null = null
  #count = 0

  constructor(parts: AdaptersParts) {
    this.#parts = parts
  }

  /**
   * What a request names, to be held until it has been answered; null for the base model. Throws `model_not_found`.
   */
  use(name: string | undefined): AdapterUse {
    if (name === undefined) return { key: null, [Symbol.dispose]() {} }
    const held = this.#find(name)
    held.users++
    return {
      key: held.key,
      [Symbol.dispose]() {
        held.users--
        if (held.users === 0) held.idle?.resolve()
      },
    }
  }

  /** What a pass takes beside where some of its rows are read under an adapter; valid for that pass. */
  adapt(keys: readonly (string | null)[]): Adapted | null {
    const tensors = this.#stacked?.bind(keys)
    return tensors && this.#session ? { session: this.#session, tensors } : null
  }

  /** Loads an adapter from a folder; one of the name is replaced once it has answered. Throws `invalid_request`. */
  async load(name: string, folder: string): Promise<AdapterInfo> {
    const adapter = await readAdapter(folder)
    checkAdapter(this.#parts.config, adapter)
    if (adapter.rank > MAX_RANK) {
      throw new PlumblineError(
        'invalid_request',
        `The adapter in ${folder} has rank ${adapter.rank}; at most ${MAX_RANK} is served.`,
      )
    }
    return this.#changes.take(async () => {
      const replaced = this.#byName.get(name)
      if (!replaced && this.#byName.size >= MAX_ADAPTERS) {
        throw new PlumblineError(
          'invalid_request',
          `${MAX_ADAPTERS} adapters are loaded, which is the most; unload one first.`,
        )
      }
      const info = { name, digest: adapter.digest, rank: adapter.rank }
      const held: Held = { key: `${name} ${this.#count++}`, info, adapter, users: 0, idle: null }
      this.#session ??= await this.#parts.openSession()
      await this.#stack([...this.#held, held])
      this.#held.add(held)
      this.#byName.set(name, held)
      if (replaced) void this.#retire(replaced)
      return info
    })
  }

  /** Takes an adapter out once all have been answered that use it; from now on nobody may. Throws `model_not_found`. */
  async unload(name: string): Promise<void> {
    const held = this.#find(name)
    this.#byName.delete(name)
    await this.#retire(held)
  }

  dispose(): void {
    this.#stacked?.dispose()
    this.#session?.dispose()
  }

  async #retire(held: Held): Promise<void> {
    if (held.users > 0) {
      held.idle = Promise.withResolvers()
      await held.idle.promise
    }
    await this.#changes.take(async () => {
      this.#held.delete(held)
      await this.#stack([...this.#held])
      this.#parts.forget(held.key)
    })
  }

  /** Puts these and no others into the device's memory, in an order that doesn't depend on when each was loaded. */
  async #stack(all: readonly Held[]): Promise<void> {
    const { device, config, type, turns } = this.#parts
    const ordered = all.toSorted((a, b) => (a.info.name < b.info.name ? -1 : 1))
    const adapters = new Map(ordered.map(({ key, adapter }) => [key, adapter]))
    await turns.take(async () => {
      const old = this.#stacked
      this.#stacked = all.length === 0 ? null : new StackedAdapters(device, config, type, adapters)
      old?.dispose()
    })
  }

  #find(name: string): Held {
    const held = this.#byName.get(name)
    if (held) return held
    throw new PlumblineError('model_not_found', `No adapter '${name}' is loaded; load it first.`)
  }
}
