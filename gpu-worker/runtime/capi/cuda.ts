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
      `CUDA needs ${missing} beside onnxruntime-node's library: run the image of infra/worker.Dockerfile, which brings it, or set PLUMBLINE_PROVIDER=cpu.`,
    )
  }
  const cuda = openCudaRuntime()
  const found = cuda.count()
  if (deviceId >= found) {
    throw new PlumblineError(
      'not_configured',
      `CUDA finds no GPU ${deviceId} among ${found}: start the container with its GPUs (--gpus all) on a host with NVIDIA's driver, or set PLUMBLINE_PROVIDER=cpu.`,
    )
  }
  cuda.use(deviceId)
  tryProvider(api, deviceId)
  const libc = openLibc()
  const memoryInfo = api.call('CreateMemoryInfo', 'Cuda', DEVICE_ALLOCATOR, deviceId, DEFAULT_MEMORY)
  return {
    provider: 'cuda',
    memoryInfo,
    memoryBytes: cuda.memory().totalBytes,
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

/** The provider is loaded by the first session that names it: one that is thrown away finds out what it lacks. */
function tryProvider(api: Api, deviceId: number): void {
  const settings = api.call('CreateSessionOptions')
  try {
    appendProvider(api, settings, deviceId)
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause)
    throw new PlumblineError(
      'not_configured',
      `CUDA's provider could not be loaded (${words}): run the image of infra/worker.Dockerfile, or set PLUMBLINE_PROVIDER=cpu.`,
      { cause },
    )
  } finally {
    api.call('ReleaseSessionOptions', settings)
  }
}

export type Gpu = { name: string; totalBytes: number; freeBytes: number; driver: string; runtime: string }

/** What the driver tells of a GPU that `openCuda` takes. Not run yet, as the rest. */
export function describeGpu(deviceId: number): Gpu {
  const cuda = openCudaRuntime()
  cuda.use(deviceId)
  return { name: gpuName(deviceId), ...cuda.memory(), ...cuda.versions() }
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
  const memGetInfo = call('cudaMemGetInfo', 'void *free, void *total')
  const driverVersion = call('cudaDriverGetVersion', 'void *version')
  const runtimeVersion = call('cudaRuntimeGetVersion', 'void *version')
  /** 13000 is 13.0. */
  const version = (get: (cell: Int32Array) => void): string => {
    const cell = new Int32Array(32)
    get(cell)
    const [number = 0] = cell
    return `${Math.floor(number / 1000)}.${Math.floor((number % 1000) / 10)}`
  }
  return {
    /** 0 too where there is no driver. */
    count(): number {
      const cell = new Int32Array(32)
      return getCount(cell) === 0 ? (cell[0] ?? 0) : 0
    },
    use: (device: number) => setDevice(device),
    memory(): { freeBytes: number; totalBytes: number } {
      const [freeBytes, totalBytes] = [new BigUint64Array(16), new BigUint64Array(16)]
      memGetInfo(freeBytes, totalBytes)
      return { freeBytes: Number(freeBytes[0]), totalBytes: Number(totalBytes[0]) }
    },
    versions: () => ({ driver: version(driverVersion), runtime: version(runtimeVersion) }),
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

function gpuName(deviceId: number): string {
  const driver = koffi.load('libcuda.so.1')
  const bytes = Buffer.alloc(256)
  driver.func('int cuInit(unsigned int flags)')(0)
  driver.func('int cuDeviceGetName(void *name, int length, int device)')(bytes, bytes.length, deviceId)
  return bytes.toString('utf8', 0, bytes.indexOf(0))
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
    `CUDA needs ${CUDARTS.join(' or ')}: run the image of infra/worker.Dockerfile, which begins from NVIDIA's CUDA, or set PLUMBLINE_PROVIDER=cpu.`,
    { cause: causes },
  )
}
