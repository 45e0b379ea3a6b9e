import { PlumblineError } from '../../shared/protocol/error.ts'
import { within } from './within.ts'

/**
 * What work gives within `milliseconds`. Throws `deadline_exceeded` where it takes longer: it goes on, and the same call
 * later finds what it has made.
 */
export async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  // Nobody may be left to hear why it failed.
  work.catch(() => {})
  const done = await within(
    work.then((value) => ({ value })),
    milliseconds,
  )
  if (done) return done.value
  const message = `Not judged within ${milliseconds} ms, but the judgment goes on: the same call collects it.`
  throw new PlumblineError('deadline_exceeded', message)
}
