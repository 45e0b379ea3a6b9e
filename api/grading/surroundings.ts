import { modelsOf } from '../../shared/graders/grade.ts'
import type { Surroundings } from '../../shared/graders/grader.ts'
import type { Grader } from '../../shared/graders/graders.ts'
import type { LanguageModel } from '../../shared/model/language-model.ts'
import { parseJudgeName } from '../../shared/protocol/judge-name.ts'
import type { Trace } from '../../shared/telemetry/trace.ts'
import { chargeChat } from '../chat/charge-chat.ts'
import type { JudgingDeps } from '../chat/judges/judge-question.ts'
import type { Call } from '../judging/call.ts'
import { callLimit } from '../models/call-limit.ts'
import { chatCompletions } from '../models/chat-completions.ts'
import type { Outbound } from '../models/limited-fetch.ts'
import { findCascade, findEntry, modelIdentity } from '../models/model-config.ts'
import type { Platform } from '../platform/platform.ts'
import { requireOwnModel } from '../training/own-model.ts'
import { embed } from './embeddings.ts'
import { gradingJudge } from './judge.ts'
import { createOnce } from './once.ts'
import { remotePython } from './remote-python.ts'

/** Who has something graded, and pays. */
export type Payer = Pick<Call, 'organisation' | 'apiKey'>

/**
 * What graders need from outside, at the edge: the model entries, the judges, and the workers that run Python. What a
 * model read is recorded and charged once; what it writes to be graded is written anew each time.
 */
export function surroundingsAt(
  platform: Platform,
  judging: JudgingDeps,
  payer: Payer,
  trace?: Trace,
): Surroundings {
  const { models, environment } = platform.config
  const outbound: Outbound = {
    fetch: platform.fetch,
    environment,
    limit: callLimit(),
    caller: payer.organisation,
    ...(trace && { trace }),
  }
  const once = createOnce(platform, payer.organisation)
  const pythonElsewhere = remotePython(models, outbound)

  function charged(id: string): Pick<LanguageModel, 'identity' | 'verdicts' | 'generate'> {
    const { identity, verdicts, generate } = chatCompletions(findEntry(models, id), outbound)
    return {
      identity,
      verdicts,
      async generate(messages, options) {
        const made = await generate(messages, options)
        await chargeChat(platform, id, payer, made.tokens)
        return made
      },
    }
  }

  return {
    model(id) {
      const { identity, verdicts, generate } = charged(id)
      return {
        verdicts,
        generate: (messages, options) =>
          once(['reply', id, identity, messages, options ?? {}], () => generate(messages, options)),
      }
    },
    policy: charged,
    judge(id) {
      const named = parseJudgeName(id)
      return named && gradingJudge(named, judging, { ...payer, idempotencyKey: null })
    },
    embed: async (id, texts) => {
      const entry = findEntry(models, id)
      return once(['embeddings', id, modelIdentity(entry), texts], async () => {
        const { vectors, tokens } = await embed(entry, texts, outbound)
        await chargeChat(platform, id, payer, tokens)
        return vectors
      })
    },
    sandbox: platform.sandbox,
    ...(pythonElsewhere && { pythonElsewhere }),
  }
}

/** Lets graders ask models that there are, and of those that jobs trained an organisation's own alone. Throws `model_not_found`. */
export async function requireModels(
  platform: Pick<Platform, 'config' | 'training'>,
  organisation: string,
  graders: readonly Grader[],
): Promise<void> {
  const { models } = platform.config
  for (const id of new Set(graders.flatMap(modelsOf))) {
    const named = parseJudgeName(id)
    const model = named ? (named.model ?? undefined) : id
    if (named && findCascade(models, model)) continue
    findEntry(models, model)
    await requireOwnModel(platform, organisation, model)
  }
}
