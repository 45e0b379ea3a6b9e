import { GraderFault } from '../../shared/graders/fault.ts'
import type { Grade, Surroundings } from '../../shared/graders/grader.ts'
import { graderRunReply } from '../../shared/graders/protocol.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { limitedFetch, type Outbound } from '../models/limited-fetch.ts'
import type { Models } from '../models/model-config.ts'
import { failedReply, readJson } from '../models/model-reply.ts'

/** Where Python graders run: the worker of the first entry that says it runs Python. Undefined where none does. */
export function remotePython(
  models: Models,
  outbound: Outbound,
): NonNullable<Surroundings['pythonElsewhere']> | undefined {
  const entry = models.entries.find(({ sandbox }) => sandbox.includes('python'))
  if (entry === undefined) return undefined
  return async ({ name, source }, { sample, item }) => {
    const { output_text, ...more } = sample
    const grader = { type: 'python', name, source }
    const text = typeof output_text === 'string' ? output_text : ''
    const body = JSON.stringify({ grader, model_sample: text, item, sample: more })
    return gradeThere(entry, body, outbound)
  }
}

async function gradeThere(entry: ModelEntry, body: string, outbound: Outbound): Promise<Grade> {
  try {
    const reply = await limitedFetch(entry, '/fine_tuning/alpha/graders/run', body, outbound)
    if (!reply.ok) throw await failedReply(entry, reply, outbound.environment)
    const { reward, metadata } = graderRunReply.parse(await readJson(entry, reply))
    return { reward, errors: metadata.errors, details: metadata.details, uses: [], reply: null, parts: {} }
  } catch (cause) {
    const known = PlumblineError.isInstance(cause)
    const sentence = `The worker of '${entry.id}', which runs Python, did not grade: ${known ? cause.message : cause}`
    const kind = known ? cause.code : 'reply_invalid'
    const errors = { python_grader_server_error: true, python_grader_server_error_type: kind }
    throw new GraderFault(errors, sentence, { cause })
  }
}
