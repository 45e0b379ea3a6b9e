import { judge } from '../../shared/judge/judge.ts'
import { callLimit } from '../models/call-limit.ts'
import { chatCompletions } from '../models/chat-completions.ts'
import type { Outbound } from '../models/limited-fetch.ts'
import { findEntry, modelIdentity } from '../models/model-config.ts'
import { judgeThere } from '../models/remote-judge.ts'
import type { Config } from '../platform/config.ts'
import type { DeskDeps } from '../platform/desk/desk.ts'
import { withKnownRubric } from './known-rubric.ts'

/**
 * Makes judgments as their model entry says: `there` posts the whole job to a worker, with a rubric that is
 * known already; `here` runs the judge in this process, call by call.
 */
export function judgeByEntry(config: Config, fetch: Outbound['fetch']): DeskDeps['judge'] {
  return ({ job, model, organisation }, { memory, report }) => {
    const entry = findEntry(config.models, model)
    const outbound: Outbound = { fetch, environment: config.environment, limit: callLimit() }
    const told = report ? { report } : {}
    if (entry.judges === 'here') {
      return judge(job, { ...told, memory, model: chatCompletions(entry, outbound), secret: config.secret })
    }
    const maker = { identity: modelIdentity(entry), instantiate: entry.instantiate }
    const context = { ...outbound, ...told, caller: organisation }
    return withKnownRubric(job, maker, memory, (known) => judgeThere(known, entry, context))
  }
}
