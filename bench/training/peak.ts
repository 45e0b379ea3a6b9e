import { readFileSync } from 'node:fs'

/** The most memory that this process ever had resident, in bytes: its high-water mark, as Linux keeps it. */
export function peakBytes(): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return 1024 * Number(kilobytes)
}
