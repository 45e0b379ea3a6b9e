import type { GradingModel, Surroundings } from '../../shared/graders/grader.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { pauseFor } from '../waiting/pause.ts'

/**
 * Surroundings for work that nobody waits for: a call that failed as one may that succeeds the next time (a server that
 * is still loading, overloaded or gone for a moment) is made again after each of the pauses, milliseconds. `signal`
 * ends the waiting, with the failure that was waited out.
 */
export function patient(around: Surroundings, pauses: readonly number[], signal: AbortSignal): Surroundings {
  const again = <T>(call: () => Promise<T>) => repeated(call, pauses, signal)
  const patiently = ({ verdicts, generate }: GradingModel): GradingModel => ({
    verdicts,
    generate: (...args) => again(() => generate(...args)),
  })
  const { pythonElsewhere } = around
  return {
    ...around,
    model: (id) => patiently(around.model(id)),
    policy: (id) => patiently(around.policy(id)),
    judge(id) {
      const judge = around.judge(id)
      return (
        judge && {
          score: (...args) => again(() => judge.score(...args)),
          label: (...args) => again(() => judge.label(...args)),
        }
      )
    },
    embed: (...args) => again(() => around.embed(...args)),
    ...(pythonElsewhere && { pythonElsewhere: (...args) => again(() => pythonElsewhere(...args)) }),
  }
}

async function repeated<T>(
  call: () => Promise<T>,
  pauses: readonly number[],
  signal: AbortSignal,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      const pause = pauses[attempt]
      if (pause === undefined || signal.aborted || !mayPass(error)) throw error
      await pauseFor(pause, signal)
    }
  }
}

/** A grader's fault has the failure of its call as its cause. */
function mayPass(error: unknown): boolean {
  const failure = error instanceof Error && PlumblineError.isInstance(error.cause) ? error.cause : error
  return PlumblineError.isInstance(failure) && failure.transient
}
