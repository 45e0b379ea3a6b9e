import { createHash } from 'node:crypto'
import type { Generation } from '../../../shared/model/language-model.ts'
import { type ErrorCode, PlumblineError } from '../../../shared/protocol/error.ts'
import type { Teacher } from '../../../shared/rubric-arm/contrastive.ts'
import type { ReplyJournal } from './reply-journal.ts'

/** A teacher that fails so often in a row is down, whatever it is asked. */
const MOST_FAILURES = 8
/** Failures over a text that say nothing of the teacher. */
const OF_THE_TEXT: ReadonlySet<ErrorCode> = new Set([
  'context_exceeded',
  'text_too_long',
  'body_too_large',
  'invalid_text',
])

export type AskingOnce = {
  /** What the teacher is called. */
  name: string
  journal: ReplyJournal
  /** Aborted with a sentence where the teacher is down, and where what it wrote can't be kept. */
  stop: AbortController
  /** After each reply that is new. */
  heard(): void
}

/** A teacher whose every reply is journalled before it is given, and that is asked for nothing that it answered before. */
export function askedOnce(teacher: Teacher, { name, journal, stop, heard }: AskingOnce): Teacher {
  const asking = new Map<string, Promise<Generation>>()
  let failures = 0

  async function ask(key: string, ...question: Parameters<Teacher['generate']>): Promise<Generation> {
    let reply: Generation
    try {
      reply = await teacher.generate(...question)
    } catch (error) {
      const counts = PlumblineError.isInstance(error) && !OF_THE_TEXT.has(error.code)
      if (counts && ++failures >= MOST_FAILURES) stop.abort(down(name, error))
      throw error
    }
    failures = 0
    try {
      journal.keep(key, reply)
    } catch (error) {
      stop.abort(error)
      throw error
    }
    heard()
    return reply
  }

  return {
    async generate(messages, { signal: _, ...options } = {}) {
      const key = createHash('sha256')
        .update(JSON.stringify([name, messages, options]))
        .digest('hex')
      const known = journal.reply(key)
      if (known) return known
      const begun = asking.get(key) ?? ask(key, messages, options)
      asking.set(key, begun)
      return begun
    },
  }
}

function down(name: string, { code, message }: PlumblineError): PlumblineError {
  return new PlumblineError(
    code,
    `The teacher '${name}' failed ${MOST_FAILURES} times in a row: ${message} What it wrote before is kept: mend that and resume the job.`,
  )
}
