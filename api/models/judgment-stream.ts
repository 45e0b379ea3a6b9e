import { createParser } from 'eventsource-parser'
import * as z from 'zod'
import type { Finding } from '../../shared/judge/findings.ts'
import { errorData, PlumblineError } from '../../shared/protocol/error.ts'
import { criterionVerdict, type Judgment, judgment } from '../../shared/protocol/judgment.ts'
import { opinion } from '../../shared/protocol/opinion.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { metVerdict } from '../../shared/protocol/pointwise.ts'
import { rubric } from '../../shared/protocol/rubric.ts'
import { raised } from '../../shared/protocol/transient.ts'
import { verifierResult } from '../../shared/protocol/verify.ts'

const verdict = z.object({
  order: z.enum(['forward', 'backward']).nullable(),
  vote: z.int(),
  criterion: z.union([criterionVerdict, metVerdict]),
})

const told = z.object({ order: z.enum(['forward', 'backward']), vote: z.int(), opinion })

const judgmentEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('verifier'), data: verifierResult }),
  z.object({ event: z.literal('rubric'), data: rubric }),
  z.object({ event: z.literal('verdict'), data: verdict }),
  z.object({ event: z.literal('opinion'), data: told }),
  z.object({ event: z.literal('result'), data: judgment }),
  z.object({ event: z.literal('error'), data: errorData }),
])

/**
 * Reads a judgment that a worker streams (`JudgmentEvent`), telling of each finding as it comes. Throws the
 * worker's own error, or `reply_invalid` when the stream ends without a result or sends something else.
 */
export async function readJudgmentStream(
  body: ReadableStream<Uint8Array>,
  report: (finding: Finding) => void,
): Promise<Judgment> {
  let result: Judgment | undefined
  const parser = createParser({
    onEvent({ event, data }) {
      const parsed = judgmentEvent.safeParse({ event, data: jsonOrNull(data) })
      if (!parsed.success) throw invalid(`sent '${event}', which is no event of a judgment`)
      const told = parsed.data
      if (told.event === 'result') result = told.data
      else if (told.event === 'error') throw raised(told.data)
      else report(told)
    },
  })
  const decoder = new TextDecoder()
  for await (const chunk of body) parser.feed(decoder.decode(chunk, { stream: true }))
  if (result === undefined) throw invalid('ended without a result')
  return result
}

function invalid(what: string): PlumblineError {
  return new PlumblineError(
    'reply_invalid',
    `The worker's stream ${what}: run the same version at both ends.`,
  )
}
