import { PlumblineError } from '../../../shared/protocol/error.ts'
import { DTYPES } from '../../onnx/types.ts'
import type { ExternalInitializer } from '../device.ts'
import { elementsOf } from '../extent.ts'
import type { LoadedFile } from './processor.ts'
import type { Runtime } from './runtime.ts'

/**
 * The constants of a weights file: its bytes once in the processor's memory, and what kernels packed of them, both
 * shared by all sessions that name the file.
 */
class Weights {
  readonly #runtime: Runtime
  readonly #path: string
  readonly #file: LoadedFile
  readonly #values = new Map<string, bigint>()
  /** The OrtPrepackedWeightsContainer: what kernels made of the weights for themselves. */
  readonly packed: bigint
  users = 0

  constructor(runtime: Runtime, path: string) {
    this.#runtime = runtime
    this.#path = path
    this.#file = runtime.processor.loadFile(path)
    this.packed = runtime.api.call('CreatePrepackedWeightsContainer')
  }

  /** The OrtValue of an initializer. */
  value({ name, dtype, dims, offset }: ExternalInitializer): bigint {
    const key = `${name} ${dtype} ${dims.join('x')} ${offset}`
    const known = this.#values.get(key)
    if (known !== undefined) return known
    if (offset < 0 || offset + elementsOf(dims) * DTYPES[dtype].bytes > this.#file.bytes) {
      throw new PlumblineError(
        'not_configured',
        `${this.#path} ends before ${name}: remove it and start again, so that it is made anew.`,
      )
    }
    const value = this.#runtime.tensorValue(this.#file.pointer + BigInt(offset), dtype, dims)
    this.#values.set(key, value)
    return value
  }

  unload(): void {
    const { api } = this.#runtime
    for (const value of this.#values.values()) api.call('ReleaseValue', value)
    api.call('ReleasePrepackedWeightsContainer', this.packed)
    this.#file.unload()
  }
}

/** The weights files that the sessions of a device use, each loaded once. */
export class WeightsFiles {
  readonly #runtime: Runtime
  readonly #open = new Map<string, Weights>()

  constructor(runtime: Runtime) {
    this.#runtime = runtime
  }

  /** Until `release`, once for each call. */
  use(path: string): Weights {
    const weights = this.#open.get(path) ?? new Weights(this.#runtime, path)
    this.#open.set(path, weights)
    weights.users++
    return weights
  }

  release(path: string): void {
    const weights = this.#open.get(path)
    if (!weights || --weights.users > 0) return
    this.#open.delete(path)
    weights.unload()
  }
}
