import type { Asked } from '../dialects/serve-dialect.ts'

/** When a call has nobody left who waits for it: its client hung up, or has no more time. */
export type GiveUp = { passed(): boolean; clear(): void }

/** Calls `leave` once when the client of a call waits no longer, unless `clear` comes before. */
export function giveUp(
  { signal, patienceMs }: Pick<Asked, 'signal' | 'patienceMs'>,
  leave: () => void,
): GiveUp {
  let passed = false
  const stop = () => {
    if (!passed) leave()
    passed = true
  }
  const timer = patienceMs === null ? undefined : setTimeout(stop, patienceMs)
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  return {
    passed: () => passed,
    clear() {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    },
  }
}
