import { sha256 } from '../../shared/identity/hash.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Platform } from '../platform/platform.ts'

/** Characters of a reply that is recorded: a row of a Durable Object holds 2 MB. */
const MOST_CHARACTERS = 500_000

/** What is made for a question, as JSON: the same question within a day gets what was made the first time. */
export type Once = <Made>(question: unknown, make: () => Promise<Made>) => Promise<Made>

/** The replies that the graders of an organisation paid for, so that a request that is sent again costs nothing. */
export function createOnce(
  { submissions, now }: Pick<Platform, 'submissions' | 'now'>,
  organisation: string,
): Once {
  return async (question, make) => {
    const id = `grading-${await sha256(JSON.stringify(question))}`
    const known = await submissions.find(organisation, id)
    if (known) return JSON.parse(known.content)
    const made = await make()
    const content = JSON.stringify(made)
    if (content.length <= MOST_CHARACTERS) {
      await submissions.keep(organisation, id, { created: now(), content }).catch(complain)
    }
    return made
  }
}

/** The reply is there and was paid for: that it could not be recorded is the operator's affair. */
function complain(cause: unknown): void {
  console.error(new PlumblineError('internal', "A grader's reply could not be recorded.", { cause }))
}
