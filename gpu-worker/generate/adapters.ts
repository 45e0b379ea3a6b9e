import { PlumblineError } from '../../shared/protocol/error.ts'
import { adapterBank, type BankArray, checkAdapter } from '../nn/adapter-bank.ts'
import type { DecoderConfig } from '../nn/decoder-config.ts'
import type { DType } from '../onnx/types.ts'
import type { Device, DeviceTensor, Session, Tensors } from '../runtime/device.ts'
import { type Adapter, readAdapter } from '../weights/adapter.ts'
import type { AdapterInfo } from './engine.ts'
import { PassTensor } from './pass-tensor.ts'
import type { Adapted } from './passes.ts'
import { Turns } from './turns.ts'

/** Adapters at once, and ranks of one: each pass with an adapter in it multiplies by all of them. */
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

type Bank = {
  places: ReadonlyMap<string, number>
  matrices: Readonly<Record<string, DeviceTensor>>
  gates: (rows: readonly (number | null)[]) => BankArray[]
}

/** The adapters that are loaded, side by side in the device's memory, so that rows of one pass may use different ones. */
export class Adapters {
  readonly #parts: AdaptersParts
  readonly #byName = new Map<string, Held>()
  /** Those of `#byName` and those that still answer their last requests. */
  readonly #held = new Set<Held>()
  readonly #gates = new Map<string, PassTensor>()
  readonly #changes = new Turns()
  #bank: Bank | null = null
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
    const bank = this.#bank
    if (!bank || !this.#session || keys.every((key) => key === null)) return null
    const places = keys.map((key) => (key === null ? null : placeOf(bank, key)))
    const gates = bank
      .gates(places)
      .map(({ port, dims, values }) => [port, this.#gate(port).holding(values, dims)] as const)
    return { session: this.#session, tensors: { ...bank.matrices, ...Object.fromEntries(gates) } }
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
    for (const gate of this.#gates.values()) gate.dispose()
    disposeAll(this.#bank?.matrices ?? {})
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
    })
  }

  /** Puts these and no others into the device's memory. */
  async #stack(all: readonly Held[]): Promise<void> {
    const { device, config, type, turns, forget } = this.#parts
    const adapters = all.map(({ adapter }) => adapter)
    const { matrices, gates } = adapterBank(config, adapters, type)
    await turns.take(async () => {
      const old = this.#bank
      this.#bank =
        all.length === 0 ? null : { places: placesOf(all), matrices: upload(device, type, matrices), gates }
      disposeAll(old?.matrices ?? {})
      for (const key of old?.places.keys() ?? []) if (!all.some((held) => held.key === key)) forget(key)
    })
  }

  #find(name: string): Held {
    const held = this.#byName.get(name)
    if (held) return held
    throw new PlumblineError('model_not_found', `No adapter '${name}' is loaded; load it first.`)
  }

  #gate(port: string): PassTensor {
    const gate = this.#gates.get(port) ?? new PassTensor(this.#parts.device, this.#parts.type)
    this.#gates.set(port, gate)
    return gate
  }
}

function placesOf(all: readonly Held[]): Map<string, number> {
  return new Map(all.map(({ key }, place) => [key, place]))
}

function placeOf({ places }: Bank, key: string): number {
  const place = places.get(key)
  if (place === undefined) throw new TypeError(`the adapter ${key} was taken out while it was in use`)
  return place
}

function upload(device: Device, type: DType, arrays: readonly BankArray[]): Record<string, DeviceTensor> {
  const tensors = arrays.map(({ port, dims, values }) => {
    const tensor = device.allocate(type, dims)
    tensor.write(values)
    return [port, tensor] as const
  })
  return Object.fromEntries(tensors)
}

function disposeAll(tensors: Tensors): void {
  for (const tensor of Object.values(tensors)) tensor.dispose()
}
