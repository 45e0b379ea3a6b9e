import { existsSync } from 'node:fs'
import { join } from 'node:path'
import koffi from 'koffi'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Api } from './api.ts'
import { openLibc } from './libc.ts'
import type { Processor } from './processor.ts'

/** What onnxruntime's GPU package adds beside the library that npm brings. */
const PROVIDER_LIBRARIES = ['libonnxruntime_providers_shared.so', 'libonnxruntime_providers_cuda.so']
/** The CUDA runtime that the provider links: the image's build, then the one for older drivers. */
const CUDARTS = ['libcudart.so.13', 'libcudart.so.12']
/** cudaMemcpyDefault: the pointers tell which way. */
const EITHER_WAY = 4
const DEVICE_ALLOCATOR = 0
const DEFAULT_MEMORY = 0

/**
 * An NVIDIA GPU; its memory is taken from the CUDA runtime and handed to onnxruntime by address.
 * Not run yet: no machine with a GPU was at hand. What was: the refusals where a library or a GPU is missing.
 * Throws `not_configured` with the library that is missing and what brings it.
 */
export function openCuda(api: Api, folder: string, deviceId: number): Processor {
  const missing = PROVIDER_LIBRARIES.find((name) => !existsSync(join(folder, name)))
  if (missing) {
    throw new PlumblineError(
      'not_configured',
      `CUDA was asked for, but ${missing} is not beside onnxruntime-node's library: run the image of infra/worker.Dockerfile, which fetches it, or set PLUMBLINE_PROVIDER=cpu.`,
    )
  }
  const cuda = openCudaRuntime()
  const found = cuda.count()
  if (deviceId >= found) {
    throw new PlumblineError(
      'not_configured',
      `CUDA was asked for on GPU ${deviceId}, but ${found} are visible: start the container with its GPUs (--gpus all) or set PLUMBLINE_PROVIDER=cpu.`,
    )
  }
  cuda.use(deviceId)
  const libc = openLibc()
  const memoryInfo = api.call('CreateMemoryInfo', 'Cuda', DEVICE_ALLOCATOR, deviceId, DEFAULT_MEMORY)
  return {
    provider: 'cuda',
    memoryInfo,
    allocate: cuda.allocate,
    free: cuda.free,
    write: (to, bytes) => cuda.copy(to, bytes, bytes.byteLength),
    read: (from, into) => cuda.copy(into, from, into.byteLength),
    copy: cuda.copy,
    loadFile(path) {
      const { pointer: mapped, bytes, unmap } = libc.map(path)
      try {
        const pointer = cuda.allocate(bytes)
        cuda.copy(pointer, mapped, bytes)
        return { pointer, bytes, unload: () => cuda.free(pointer) }
      } finally {
        unmap()
      }
    },
    configure: (settings) => appendProvider(api, settings, deviceId),
    dispose: () => api.call('ReleaseMemoryInfo', memoryInfo),
  }
}

function appendProvider(api: Api, settings: bigint, deviceId: number): void {
  const chosen = {
    device_id: String(deviceId),
    // Memory grows by what is asked for, not by doubling.
    arena_extend_strategy: 'kSameAsRequested',
    // Full float32 products, so that results are those of the processor.
    use_tf32: '0',
  }
  const options = api.call('CreateCUDAProviderOptions')
  const [keys, values] = [cStrings(Object.keys(chosen)), cStrings(Object.values(chosen))]
  try {
    api.call('UpdateCUDAProviderOptions', options, keys.pointers, values.pointers, Object.keys(chosen).length)
    api.call('SessionOptionsAppendExecutionProvider_CUDA_V2', settings, options)
  } finally {
    api.call('ReleaseCUDAProviderOptions', options)
  }
}

/** C's `const char* const*`; what it points to lives as long as the result. */
function cStrings(texts: readonly string[]): { pointers: BigUint64Array; bytes: Uint8Array[] } {
  // Longer than the texts: a small array may be moved by the garbage collector.
  const bytes = texts.map((text) => Buffer.concat([Buffer.from(text), Buffer.alloc(128)]))
  const pointers = new BigUint64Array(16)
  pointers.set(bytes.map((each) => koffi.address(each)))
  return { pointers, bytes }
}

function openCudaRuntime() {
  const library = loadRuntime()
  const errorName = library.func('const char *cudaGetErrorString(int error)')
  const call = (name: string, takes: string) => {
    const foreign = library.func(`int ${name}(${takes})`)
    return (...values: unknown[]) => {
      const error: number = foreign(...values)
      if (error !== 0) throw new PlumblineError('internal', `The GPU failed: ${errorName(error)} (${name}).`)
    }
  }
  const getCount = library.func('int cudaGetDeviceCount(void *count)')
  const setDevice = call('cudaSetDevice', 'int device')
  const malloc = call('cudaMalloc', 'void *pointer, size_t bytes')
  const free = call('cudaFree', 'void *pointer')
  const memcpy = call('cudaMemcpy', 'void *to, const void *from, size_t bytes, int kind')
  const synchronize = call('cudaDeviceSynchronize', '')
  return {
    /** 0 too where there is no driver. */
    count(): number {
      const cell = new Int32Array(32)
      return getCount(cell) === 0 ? (cell[0] ?? 0) : 0
    },
    use: (device: number) => setDevice(device),
    allocate(bytes: number): bigint {
      const cell = new BigUint64Array(16)
      malloc(cell, Math.max(1, bytes))
      return cell[0] ?? 0n
    },
    free: (pointer: bigint) => free(pointer),
    /** The runtime's streams wait for no other: the copy is complete when this returns. */
    copy(to: bigint | Uint8Array, from: bigint | Uint8Array, bytes: number): void {
      if (bytes === 0) return
      memcpy(to, from, bytes, EITHER_WAY)
      synchronize()
    },
  }
}

function loadRuntime() {
  const causes: unknown[] = []
  for (const name of CUDARTS) {
    try {
      return koffi.load(name)
    } catch (cause) {
      causes.push(cause)
    }
  }
  throw new PlumblineError(
    'not_configured',
    `CUDA was asked for, but ${CUDARTS.join(' or ')} is not installed: run the image of infra/worker.Dockerfile, which begins from NVIDIA's CUDA, or set PLUMBLINE_PROVIDER=cpu.`,
    { cause: causes },
  )
}
