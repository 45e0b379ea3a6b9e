import type { GenerateOptions } from '../model/language-model.ts'
import { withoutThoughts } from '../model/thoughts.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { Message } from '../protocol/message.ts'
import type { GradingModel, ModelUse } from './grader.ts'
import { faultOfModel } from './model-fault.ts'

/**
 * Asks a grading model once, and reads its reply without what it thought aloud. Throws `GraderFault` where there is no
 * reply or `read` throws, with what was spent; `model_not_found` and `not_configured` pass.
 */
export async function askModel<Read>(
  id: string,
  modelOf: (id: string) => GradingModel,
  messages: Message[],
  { read, ...options }: GenerateOptions & { read: (said: string) => Read },
): Promise<{ read: Read; reply: string; use: ModelUse }> {
  const made = await generate(id, modelOf, messages, options)
  const spent = { reply: made.text, use: { model: id, calls: 1, tokens: made.tokens } }
  try {
    if (made.finish === 'length') throw new PlumblineError('reply_truncated', CUT_OFF)
    return { ...spent, read: read(withoutThoughts(made.text).trim()) }
  } catch (error) {
    throw faultOfModel(error, spent)
  }
}

/** What a judge is asked, with the faults of a grader. */
export async function askJudge<Found>(asked: Promise<Found>): Promise<Found> {
  try {
    return await asked
  } catch (error) {
    throw faultOfModel(error)
  }
}

const CUT_OFF = "The grading model's reply was cut off: raise max_completion_tokens in its sampling_params."

async function generate(
  id: string,
  modelOf: (id: string) => GradingModel,
  messages: Message[],
  options: GenerateOptions,
) {
  try {
    return await modelOf(id).generate(messages, options)
  } catch (error) {
    throw faultOfModel(error)
  }
}
