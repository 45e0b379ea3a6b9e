import { PlumblineError } from '../../../shared/protocol/error.ts'
import type { ScheduleSettings } from '../../../shared/protocol/training/training.ts'

/**
 * The share of the learning rate that an update takes, in [0, 1]: up from 0 over the warm-up, whose last update takes all
 * of it, then as it is, or down to 0 behind the last of `total` updates, in a line or along half a cosine
 * (arXiv 1608.03983, equation 5). `update` counts from 0. Throws `invalid_request` where the schedule has to know a total
 * that is not known.
 */
export function learningRateShare(schedule: ScheduleSettings, update: number, total: number | null): number {
  const { kind, warmup } = schedule
  const whole = () => total ?? refuseUnknown()
  const rising = warmup < 1 ? Math.ceil(warmup > 0 ? warmup * whole() : 0) : warmup
  if (update < rising) return (update + 1) / rising
  if (kind === 'constant') return 1
  const left = Math.max(1, whole() - rising)
  const done = Math.min(1, (update - rising) / left)
  return kind === 'linear' ? 1 - done : (1 + Math.cos(Math.PI * done)) / 2
}

function refuseUnknown(): never {
  throw new PlumblineError(
    'invalid_request',
    'The number of updates is not known beforehand here: use the schedule constant, with a warm-up in whole updates.',
    { param: 'schedule' },
  )
}
