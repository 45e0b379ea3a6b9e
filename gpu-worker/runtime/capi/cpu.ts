import { machineMemory } from '../machine-memory.ts'
import type { Api } from './api.ts'
import { openLibc } from './libc.ts'
import type { Processor } from './processor.ts'

const DEVICE_ALLOCATOR = 0
const DEFAULT_MEMORY = 0

/** The processor of the machine; its memory is the process's own. */
export function openCpu(api: Api): Processor {
  const libc = openLibc()
  const memoryInfo = api.call('CreateMemoryInfo', 'Cpu', DEVICE_ALLOCATOR, 0, DEFAULT_MEMORY)
  return {
    provider: 'cpu',
    memoryInfo,
    memoryBytes: machineMemory(),
    allocate: libc.allocate,
    free: libc.free,
    write: (to, bytes) => libc.copy(to, bytes, bytes.byteLength),
    read: (from, into) => libc.copy(into, from, into.byteLength),
    copy: libc.copy,
    loadFile(path) {
      const { pointer, bytes, unmap } = libc.map(path)
      return { pointer, bytes, unload: unmap }
    },
    configure: () => {},
    dispose: () => api.call('ReleaseMemoryInfo', memoryInfo),
  }
}
