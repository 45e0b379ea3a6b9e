import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { Device, DeviceOptions } from '../device.ts'
import { Living } from '../living.ts'
import { machineMemory } from '../machine-memory.ts'
import { StockSession } from './session.ts'
import { StockTensor } from './tensor.ts'

/**
 * The processor through onnxruntime-node's own binding: on every system that has it, and beside the C API as a check.
 * Throws `not_configured` for CUDA, which that binding can't keep tensors on.
 */
export async function openStockDevice({ provider, threads }: DeviceOptions): Promise<Device> {
  if (provider !== 'cpu') {
    throw new PlumblineError(
      'not_configured',
      'CUDA is reached through the C API alone: unset PLUMBLINE_RUNTIME or set PLUMBLINE_PROVIDER=cpu.',
    )
  }
  const living = new Living()
  return {
    provider,
    asynchronous: false,
    sharesArenas: false,
    memoryBytes: machineMemory(),
    allocate: (dtype, dims) => StockTensor.allocate(living, dtype, dims),
    openSession: (options) => living.during(() => StockSession.open(living, threads, options)),
    dispose: () => living.end(() => {}),
  }
}
