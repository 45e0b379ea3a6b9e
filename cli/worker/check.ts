import { availableParallelism, cpus, freemem, totalmem } from 'node:os'
import { describeGpu } from '../../gpu-worker/runtime/capi/cuda.ts'
import type { DeviceOptions, Provider } from '../../gpu-worker/runtime/device.ts'
import { defaultRuntime, openDevice, type RuntimeName } from '../../gpu-worker/runtime/open-device.ts'
import { reportRuntime } from '../../gpu-worker/runtime/report.ts'
import { selfTest } from '../../gpu-worker/runtime/self-test.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'

export type CheckOptions = { threads?: number; provider?: Provider; runtime?: RuntimeName }

const PROVIDERS: readonly Provider[] = ['cpu', 'cuda']

/**
 * `plumbline worker --check`: prints what this machine computes with, and has each provider that is there compute
 * something small. Throws a `PlumblineError` where the processor, or the provider that was asked for, can't.
 */
export async function checkWorker(options: CheckOptions): Promise<void> {
  const { threads = availableParallelism(), runtime = defaultRuntime() } = options
  tellLibraries(runtime)
  tell('processor', cpus()[0]?.model ?? 'unknown', `${threads} threads`)
  tell('memory', gibibytes(totalmem()), `${gibibytes(freemem())} free`)
  const failures: unknown[] = []
  for (const provider of PROVIDERS) {
    try {
      tell(provider, ...(await tryProvider({ provider, threads, runtime })))
    } catch (error) {
      if (!PlumblineError.isInstance(error)) throw error
      const needed = provider === 'cpu' || provider === options.provider
      tell(provider, needed ? 'asked for, and not usable' : `not used: ${error.message}`)
      if (needed) failures.push(error)
    }
  }
  for (const failure of failures) throw failure
}

function tellLibraries(runtime: RuntimeName): void {
  const { onnxruntime, koffi, functions, providers } = reportRuntime(runtime)
  tell('onnxruntime', onnxruntime, runtime)
  if (koffi !== null) tell('koffi', koffi, `${functions} functions of the C API where they must be`)
  tell('built for', ...providers)
  tell('node', process.version.slice(1), `${process.platform} ${process.arch}`)
}

/** What it is and how it did. */
async function tryProvider(options: DeviceOptions & { runtime: RuntimeName }): Promise<string[]> {
  const device = await openDevice(options)
  try {
    const words = [`computes as it must (${(await selfTest(device)).toFixed(1)} ms)`]
    if (options.provider === 'cpu') return words
    const { name, totalBytes, freeBytes, driver, runtime } = describeGpu(options.deviceId ?? 0)
    const memory = [gibibytes(totalBytes), `${gibibytes(freeBytes)} free`]
    return [...words, name, ...memory, `CUDA ${runtime}`, `driver for CUDA ${driver}`]
  } finally {
    device.dispose()
  }
}

function tell(name: string, ...words: readonly string[]): void {
  console.log(`${name.padEnd(12)} ${words.join(', ')}`)
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}
