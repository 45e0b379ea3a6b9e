import { PlumblineError } from '../../shared/protocol/error.ts'

/**
 * What work gives within `milliseconds`. Throws `deadline_exceeded` where it takes longer: it goes on, and the same call
 * later finds what it has made.
 */
export async function inTime<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    const message = `Not judged within ${milliseconds} ms, but the judgment goes on: the same call collects it.`
    timer = setTimeout(() => reject(new PlumblineError('deadline_exceeded', message)), milliseconds)
  })
  // Nobody may be left to hear why it failed.
  work.catch(() => {})
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
