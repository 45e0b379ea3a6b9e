import type { TokenCount } from '../../shared/model/language-model.ts'
import { tokenAttributes } from '../../shared/telemetry/gen-ai.ts'
import type { Attributes, Trace } from '../../shared/telemetry/trace.ts'
import type { Engine, GenerateEvent, Timing } from '../generate/engine.ts'

/** The part of an engine that answers. */
export type Answering = Pick<Engine, 'generate' | 'choose'>

/** The same engine with each call as a span, which holds how long it waited, read the prompt and wrote. */
export function tracedEngine(engine: Engine, trace: Trace | undefined): Answering {
  if (!trace) return engine
  const about = (adapter: string | undefined): { attributes: Attributes } => ({
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'plumbline',
      'gen_ai.request.model': engine.model.id,
      ...(adapter !== undefined && { 'plumbline.adapter': adapter }),
    },
  })
  return {
    choose: (request) =>
      trace.span(
        'choose',
        async (span) => {
          const result = await engine.choose(request)
          tell(span, result)
          return result
        },
        about(request.adapter),
      ),
    async *generate(request): AsyncGenerator<GenerateEvent> {
      const ended = Promise.withResolvers<Spent | null>()
      const spanned = trace.span(
        'generate',
        async (span) => {
          const spent = await ended.promise
          if (spent) tell(span, spent)
        },
        about(request.adapter),
      )
      // whoever reads the events is told of the failure
      spanned.catch(() => {})
      try {
        for await (const event of engine.generate(request)) {
          if (event.type === 'end') ended.resolve(event)
          yield event
        }
      } catch (error) {
        ended.reject(error)
        throw error
      } finally {
        ended.resolve(null)
      }
    },
  }
}

type Spent = { tokens: TokenCount; timing: Timing }

/** The phases end now, one after the other. */
function tell(span: Trace, { tokens, timing }: Spent): void {
  span.note(tokenAttributes(tokens))
  let start = performance.timeOrigin + performance.now() - timing.queued - timing.prefill - timing.decode
  for (const phase of ['queued', 'prefill', 'decode'] as const) {
    const end = start + timing[phase]
    if (timing[phase] > 0) span.past(phase, start, end)
    start = end
  }
}
