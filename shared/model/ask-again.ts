import { seedOf } from '../identity/seed.ts'
import { type ErrorCode, PlumblineError } from '../protocol/error.ts'

/** How often a reply that can't be read is asked for once more. */
export const REPEATS = 2

const UNREADABLE: ReadonlySet<ErrorCode> = new Set([
  'reply_not_json',
  'reply_invalid',
  'reply_refused',
  'reply_truncated',
])

/** How one attempt is sampled. */
export type Sampling = { seed: number; temperature: number }

/**
 * Makes a call whose reply must keep a contract, and makes it again with another seed where the reply broke it, as
 * HealthBench's grader does until it has a real boolean (systems.md 2.2), but no more than `REPEATS` times. Repeats
 * are sampled, since a greedy model would say the same again; each is a call that is counted. Throws what the last
 * attempt threw, and what no other seed would mend at once.
 */
export async function askAgain<T>(
  sampling: Sampling,
  attempt: (sampling: Sampling) => Promise<T>,
): Promise<T> {
  for (let repeat = 0; ; repeat++) {
    const now =
      repeat === 0 ? sampling : { seed: await seedOf(['repeat', sampling.seed, repeat]), temperature: 1 }
    try {
      return await attempt(now)
    } catch (error) {
      const mendable = PlumblineError.isInstance(error) && UNREADABLE.has(error.code)
      if (!mendable || repeat === REPEATS) throw error
    }
  }
}
