import { modelsOf } from '../../shared/graders/grade.ts'
import type { Surroundings } from '../../shared/graders/grader.ts'
import type { Grader } from '../../shared/graders/graders.ts'
import type { Trace } from '../../shared/telemetry/trace.ts'
import { callLimit } from '../models/call-limit.ts'
import { chatCompletions } from '../models/chat-completions.ts'
import type { Outbound } from '../models/limited-fetch.ts'
import { findEntry } from '../models/model-config.ts'
import type { Platform } from '../platform/platform.ts'
import { requireOwnModel } from '../training/own-model.ts'
import { embed } from './embeddings.ts'
import { remotePython } from './remote-python.ts'

type Edge = Pick<Platform, 'config' | 'fetch' | 'sandbox'>

/** What graders need from outside, at the edge: the model entries, and the workers that run Python. */
export function surroundingsAt(
  { config, fetch, sandbox }: Edge,
  organisation: string,
  trace?: Trace,
): Surroundings {
  const { models, environment } = config
  const outbound: Outbound = {
    fetch,
    environment,
    limit: callLimit(),
    caller: organisation,
    ...(trace && { trace }),
  }
  const pythonElsewhere = remotePython(models, outbound)
  return {
    model: (id) => chatCompletions(findEntry(models, id), outbound),
    embed: async (id, texts) => embed(findEntry(models, id), texts, outbound),
    sandbox,
    ...(pythonElsewhere && { pythonElsewhere }),
  }
}

/** Lets graders ask models that there are, and of those that jobs trained an organisation's own alone. Throws `model_not_found`. */
export async function requireModels(
  platform: Pick<Platform, 'config' | 'training'>,
  organisation: string,
  graders: readonly Grader[],
): Promise<void> {
  for (const id of new Set(graders.flatMap(modelsOf))) {
    findEntry(platform.config.models, id)
    await requireOwnModel(platform, organisation, id)
  }
}
