import { DTYPES, type DType } from '../../onnx/types.ts'
import { elementsOf } from '../extent.ts'
import { Living } from '../living.ts'
import type { Api } from './api.ts'
import type { Processor } from './processor.ts'
import { SharedArena } from './shared-arena.ts'

/** What goes wrong is thrown: it need not be printed too. */
export const FATAL_ONLY = 4

/** The runtime's OrtEnv, of which a process has one, however often it is asked for. */
export function openEnvironment(api: Api): bigint {
  return api.call('CreateEnv', FATAL_ONLY, 'plumbline')
}

/** What a device's tensors and sessions share. */
export class Runtime {
  readonly api: Api
  readonly processor: Processor
  /** The OrtEnv. */
  readonly environment: bigint
  readonly threads: number
  /** Of the processor alone: the environment hands out no GPU's memory. */
  readonly arena: SharedArena | null
  readonly living = new Living()

  constructor(api: Api, processor: Processor, environment: bigint, threads: number) {
    this.api = api
    this.processor = processor
    this.environment = environment
    this.threads = threads
    this.arena = processor.provider === 'cpu' ? new SharedArena(api, environment) : null
  }

  /** An OrtValue over memory that stays the owner's. */
  tensorValue(pointer: bigint, dtype: DType, dims: readonly number[]): bigint {
    const { bytes, onnx } = DTYPES[dtype]
    // Longer than a tensor has axes: a small array may be moved by the garbage collector.
    const sizes = new BigInt64Array(16)
    sizes.set(dims.map(BigInt))
    return this.api.call(
      'CreateTensorWithDataAsOrtValue',
      this.processor.memoryInfo,
      pointer,
      elementsOf(dims) * bytes,
      sizes,
      dims.length,
      onnx,
    )
  }

  /** Throws `TypeError` while a tensor or session lives. */
  dispose(): void {
    this.living.end(() => {
      this.processor.dispose()
      this.api.call('ReleaseEnv', this.environment)
    })
  }
}
