import { platform } from 'node:os'
import { openCapiDevice } from './capi/device.ts'
import type { Device, DeviceOptions } from './device.ts'
import { openStockDevice } from './stock/device.ts'

/** `capi` calls onnxruntime's C functions; `stock` goes through onnxruntime-node's own binding. */
export const RUNTIMES = ['capi', 'stock'] as const
export type RuntimeName = (typeof RUNTIMES)[number]

const OPEN = { capi: openCapiDevice, stock: openStockDevice }

/** The C API, on systems whose way of mapping files we know. */
export function defaultRuntime(): RuntimeName {
  return platform() === 'linux' ? 'capi' : 'stock'
}

/**
 * Opens the processor that sessions run on, by `defaultRuntime` unless told otherwise. Throws
 * `not_configured` with a sentence that says what is missing.
 */
export function openDevice(options: DeviceOptions & { runtime?: RuntimeName }): Promise<Device> {
  return OPEN[options.runtime ?? defaultRuntime()](options)
}
