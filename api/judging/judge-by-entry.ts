import { judge } from '../../shared/judge/judge.ts'
import { callLimit } from '../models/call-limit.ts'
import { chatCompletions } from '../models/chat-completions.ts'
import type { Outbound } from '../models/limited-fetch.ts'
import { findEntry } from '../models/model-config.ts'
import { judgeThere } from '../models/remote-judge.ts'
import type { Config } from '../platform/config.ts'
import type { DeskDeps } from '../platform/desk/desk.ts'

/**
 * Makes judgments as their model entry says: `there` posts the whole job to a worker, `here` runs the judge
 * in this process, call by call.
 */
export function judgeByEntry(config: Config, fetch: Outbound['fetch']): DeskDeps['judge'] {
  return ({ job, model }, { memory, report }) => {
    const entry = findEntry(config.models, model)
    const outbound: Outbound = { fetch, environment: config.environment, limit: callLimit() }
    const told = report ? { report } : {}
    return entry.judges === 'there'
      ? judgeThere(job, entry, { ...outbound, ...told })
      : judge(job, { ...told, memory, model: chatCompletions(entry, outbound), secret: config.secret })
  }
}
