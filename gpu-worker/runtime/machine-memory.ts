import { totalmem } from 'node:os'

/** Bytes of memory that this process may take: the machine's, or less where its container is given less. */
export function machineMemory(): number {
  const given = process.constrainedMemory()
  return given > 0 ? Math.min(given, totalmem()) : totalmem()
}
