import type { Evidence } from '../../shared/judge/evidence.ts'
import { judge } from '../../shared/judge/judge.ts'
import { jobAttributes, noted } from '../../shared/judge/judgment-span.ts'
import type { Trace } from '../../shared/telemetry/trace.ts'
import type { Tracer } from '../../shared/telemetry/tracer.ts'
import type { Sandbox } from '../../shared/verify/sandbox.ts'
import { callLimit } from '../models/call-limit.ts'
import { chatCompletions } from '../models/chat-completions.ts'
import type { Outbound } from '../models/limited-fetch.ts'
import { findEntry, modelIdentity } from '../models/model-config.ts'
import { judgeThere } from '../models/remote-judge.ts'
import { withWorkers } from '../models/remote-verifier.ts'
import type { Config } from '../platform/config.ts'
import type { DeskDeps } from '../platform/desk/desk.ts'
import { withKnownRubric } from './known-rubric.ts'

/**
 * Makes judgments as their model entry says: `there` posts the whole job to a worker, with a rubric that is
 * known already; `here` runs the judge in this process, call by call.
 */
export function judgeByEntry(
  config: Config,
  fetch: Outbound['fetch'],
  tracer: Tracer | null,
  local: Sandbox,
): DeskDeps['judge'] {
  const sandbox = withWorkers(local, config.models, { fetch, environment: config.environment })
  const make: Make = ({ job, model, organisation, cache }, { memory, report }, trace) => {
    const entry = findEntry(config.models, model)
    const outbound: Outbound = { fetch, environment: config.environment, limit: callLimit() }
    const told = { ...(report && { report }), ...(trace && { trace }) }
    if (entry.judges === 'here') {
      const model = chatCompletions(entry, outbound)
      return judge(job, { ...told, memory, model, secret: config.secret, sandbox })
    }
    const maker = { identity: modelIdentity(entry), instantiate: entry.instantiate }
    const context = { ...outbound, ...told, cache, caller: organisation }
    return withKnownRubric(job, maker, memory, (known) => judgeThere(known, entry, context))
  }
  return tracer === null ? make : traced(tracer, make)
}

type Make = (...call: [...Parameters<DeskDeps['judge']>, trace?: Trace]) => Promise<Evidence>

/** Makes each judgment within a span of the trace that its assignment belongs to. */
function traced(tracer: Tracer, make: Make): DeskDeps['judge'] {
  return (assignment, context) =>
    tracer.begin(
      'judgment',
      assignment.traceparent ?? null,
      async (span) => noted(span, await make(assignment, context, span)),
      { attributes: jobAttributes(assignment.job) },
    )
}
