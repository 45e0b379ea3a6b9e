import { pauseFor } from '../../waiting/pause.ts'
import { LIMITS } from '../limits.ts'
import type { EvalWork, OpenRun } from './port.ts'

export type Holding = {
  records: Pick<EvalWork, 'holdRun'>
  holder: string
  now(): number
  /** Whether the run is still under way. */
  open(): Promise<boolean>
  signal: AbortSignal
}

/**
 * Does the work of a run while no other process does: two on one SQLite would pay for each row twice. Waits for one that
 * has it, which may have been killed, and does nothing where the run is over by then.
 */
export async function holding(
  run: OpenRun,
  { records, holder, now, open, signal }: Holding,
  work: () => Promise<void>,
): Promise<void> {
  const hold = (milliseconds: number) => records.holdRun(run, holder, now(), now() + milliseconds)
  while (!hold(LIMITS.evalHeldMs)) {
    if (signal.aborted || !(await open())) return
    await pauseFor(LIMITS.evalHeldMs / 6, signal)
  }
  const beat = setInterval(() => hold(LIMITS.evalHeldMs), LIMITS.evalHeldMs / 3)
  try {
    await work()
  } finally {
    clearInterval(beat)
    hold(0)
  }
}
