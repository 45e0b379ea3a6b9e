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

/** Adapters in memory at once, and ranks of one. */
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

/** An adapter that requests may name. */
type Listed = {
  info: AdapterInfo
  folder: string
  /** Loaded by hand: it is never put out for another. */
  stays: boolean
  /** Null while it is not in memory. */
  held: Held | null
  /** Of all uses, the number of its last one. */
  used: number
}

/** An adapter in memory, in use by some requests. `key` tells it from one that had its name before. */
type Held = {
  key: string
  name: string
  adapter: Adapter
  users: number
  idle: PromiseWithResolvers<void> | null
}

/** The hold that a request has on its adapter. */
export type AdapterUse = Disposable & { key: string | null }

/**
 * The adapters that requests may name. Those that were loaded are in memory; those that were offered come into it when
 * they are asked for, and the least recently used one goes where there is no room. Rows of one pass may use different ones.
 */
export class Adapters {
  readonly #parts: AdaptersParts
  readonly #byName = new Map<string, Listed>()
  /** Those in memory: of `#byName`, and what was put out and still answers its last requests. */
  readonly #held = new Set<Held>()
  readonly #changes = new Turns()
  #stacked: StackedAdapters | null = null
  #session: Session | null = null
  #count = 0
  #uses = 0

  constructor(parts: AdaptersParts) {
    this.#parts = parts
  }

  /**
   * What a request names, to be held until it has been answered; null for the base model. Throws `model_not_found`, and
   * `invalid_request` where there is no room because all that are in memory were loaded by hand.
   */
  async use(name: string | undefined): Promise<AdapterUse> {
    if (name === undefined) return { key: null, [Symbol.dispose]() {} }
    const listed = this.#find(name)
    listed.used = this.#uses++
    return listed.held ? hold(listed.held) : this.#changes.take(() => this.#bring(name))
  }

  /** What a pass takes beside where some of its rows are read under an adapter; valid for that pass. */
  adapt(keys: readonly (string | null)[]): Adapted | null {
    const tensors = this.#stacked?.bind(keys)
    return tensors && this.#session ? { session: this.#session, tensors } : null
  }

  /** Loads an adapter from a folder, to stay; one of the name is replaced once it has answered. Throws `invalid_request`. */
  async load(name: string, folder: string): Promise<AdapterInfo> {
    const adapter = await this.#read(folder)
    return this.#changes.take(async () => {
      const replaced = this.#byName.get(name)?.held ?? null
      if (!replaced) await this.#makeRoom()
      const info = infoOf(name, adapter)
      const held = await this.#add(name, adapter)
      this.#byName.set(name, { info, folder, stays: true, held, used: this.#uses++ })
      if (replaced) void this.#retire(replaced)
      return info
    })
  }

  /**
   * Lists an adapter, which comes into memory when it's asked for and may leave it again; one of the name is replaced once
   * it has answered. Throws `invalid_request`.
   */
  async offer(name: string, folder: string): Promise<AdapterInfo> {
    const info = infoOf(name, await this.#read(folder))
    return this.#changes.take(async () => {
      const replaced = this.#byName.get(name)?.held
      this.#byName.set(name, { info, folder, stays: false, held: null, used: this.#uses++ })
      if (replaced) void this.#retire(replaced)
      return info
    })
  }

  /** Takes an adapter out once all have been answered that use it; from now on nobody may. Throws `model_not_found`. */
  async unload(name: string): Promise<void> {
    const { held } = this.#find(name)
    this.#byName.delete(name)
    if (held) await this.#retire(held)
  }

  dispose(): void {
    this.#stacked?.dispose()
    this.#session?.dispose()
  }

  /** Throws `invalid_request` for what can't be served. */
  async #read(folder: string): Promise<Adapter> {
    const adapter = await readAdapter(folder)
    checkAdapter(this.#parts.config, adapter)
    if (adapter.rank <= MAX_RANK) return adapter
    throw new PlumblineError(
      'invalid_request',
      `The adapter in ${folder} has rank ${adapter.rank}; at most ${MAX_RANK} is served.`,
    )
  }

  /** Brings what is listed under a name into memory, unless another turn has. Held before another turn may put it out. */
  async #bring(name: string): Promise<AdapterUse> {
    const listed = this.#find(name)
    if (listed.held) return hold(listed.held)
    const adapter = await this.#read(listed.folder)
    if (adapter.digest !== listed.info.digest) {
      const message = `The adapter '${name}' is no longer what it was when it was listed: load it by hand.`
      throw new PlumblineError('model_not_found', message)
    }
    await this.#makeRoom()
    const held = await this.#add(name, adapter)
    const use = hold(held)
    // Meanwhile it may have been unloaded: who asked for it before still gets it.
    if (this.#byName.get(name) === listed) listed.held = held
    else void this.#retire(held)
    return use
  }

  /** Has one place free at least: puts the least recently used one out that may go, rather one that nobody uses. */
  async #makeRoom(): Promise<void> {
    const loaded = [...this.#byName.values()].filter(({ held }) => held !== null)
    if (loaded.length < MAX_ADAPTERS) return
    const isBusy = ({ held }: Listed) => Number(held !== null && held.users > 0)
    const [out] = loaded
      .filter(({ stays }) => !stays)
      .toSorted((a, b) => isBusy(a) - isBusy(b) || a.used - b.used)
    if (!out?.held) {
      throw new PlumblineError(
        'invalid_request',
        `${MAX_ADAPTERS} adapters are loaded, which is the most; unload one first.`,
      )
    }
    const { held } = out
    out.held = null
    await idle(held)
    this.#held.delete(held)
    this.#parts.forget(held.key)
  }

  async #add(name: string, adapter: Adapter): Promise<Held> {
    const held: Held = { key: `${name} ${this.#count++}`, name, adapter, users: 0, idle: null }
    this.#session ??= await this.#parts.openSession()
    await this.#stack([...this.#held, held])
    this.#held.add(held)
    return held
  }

  async #retire(held: Held): Promise<void> {
    await idle(held)
    await this.#changes.take(async () => {
      this.#held.delete(held)
      await this.#stack([...this.#held])
      this.#parts.forget(held.key)
    })
  }

  /** Puts these and no others into the device's memory, in an order that doesn't depend on when each was loaded. */
  async #stack(all: readonly Held[]): Promise<void> {
    const { device, config, type, turns } = this.#parts
    const ordered = all.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const adapters = new Map(ordered.map(({ key, adapter }) => [key, adapter]))
    await turns.take(async () => {
      const old = this.#stacked
      this.#stacked = all.length === 0 ? null : new StackedAdapters(device, config, type, adapters, old)
      old?.dispose()
    })
  }

  #find(name: string): Listed {
    const listed = this.#byName.get(name)
    if (listed) return listed
    throw new PlumblineError('model_not_found', `No adapter '${name}' is loaded; load it first.`)
  }
}

function infoOf(name: string, { digest, rank }: Adapter): AdapterInfo {
  return { name, digest, rank }
}

function hold(held: Held): AdapterUse {
  held.users++
  return {
    key: held.key,
    [Symbol.dispose]() {
      held.users--
      if (held.users === 0) held.idle?.resolve()
    },
  }
}

/** Resolves once nobody uses it whom it was given to. */
async function idle(held: Held): Promise<void> {
  if (held.users === 0) return
  held.idle ??= Promise.withResolvers()
  await held.idle.promise
}
