import { sumUsage } from '../../shared/judge/usage.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type {
  Judgment,
  JudgmentEvent,
  JudgmentRequest,
  PairJudgment,
} from '../../shared/protocol/judgment.ts'
import type { CascadeEntry } from '../../shared/protocol/model-entry.ts'

/**
 * Judges a pair by a cascade: each model in turn until one names a winner with the confidence asked for, the last
 * one's answer standing whatever its confidence. Every stage is a judgment of its own with its own record, so that
 * a repeat pays for none of them. Throws what `judge` throws, and `invalid_request` for a single response.
 */
export async function judgeByCascade(
  request: JudgmentRequest,
  cascade: CascadeEntry,
  judge: (request: JudgmentRequest) => Promise<Judgment>,
): Promise<Judgment> {
  const stages: PairJudgment[] = []
  for (const model of cascade.cascade) {
    const judgment = await judge({ ...forPairs(request, cascade), model })
    if (judgment.protocol === 'pointwise') throw new Error('A pair was asked for.')
    stages.push(judgment)
    if (isSure(judgment, cascade)) break
  }
  return answerOf(stages)
}

/** The same as events: those of every stage, then one result. */
export function watchByCascade(
  request: JudgmentRequest,
  cascade: CascadeEntry,
  watch: (request: JudgmentRequest) => Promise<ReadableStream<JudgmentEvent>>,
): ReadableStream<JudgmentEvent> {
  const told = tell(forPairs(request, cascade), cascade, watch)
  return new ReadableStream({
    async pull(controller) {
      const next = await told.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    cancel: async () => void (await told.return(undefined)),
  })
}

async function* tell(
  request: JudgmentRequest,
  cascade: CascadeEntry,
  watch: (request: JudgmentRequest) => Promise<ReadableStream<JudgmentEvent>>,
): AsyncGenerator<JudgmentEvent, undefined> {
  const stages: PairJudgment[] = []
  for (const model of cascade.cascade) {
    const before = stages.length
    const events = (await watch({ ...request, model })).getReader()
    try {
      for (let next = await events.read(); !next.done; next = await events.read()) {
        const event = next.value
        if (event.event !== 'result') yield event
        else if (event.data.protocol !== 'pointwise') stages.push(event.data)
      }
    } finally {
      await events.cancel()
    }
    const last = stages.at(-1)
    // a stage without a result has told its error already
    if (!last || stages.length === before) return
    if (isSure(last, cascade)) break
  }
  yield { event: 'result', data: answerOf(stages) }
}

function forPairs(request: JudgmentRequest, { id }: CascadeEntry): JudgmentRequest {
  if (request.protocol !== 'pointwise') return request
  const message = `'${id}' is a cascade, which judges pairs: name a model for protocol pointwise.`
  throw new PlumblineError('invalid_request', message, { param: 'model' })
}

function isSure({ winner, confidence }: PairJudgment, { min_confidence }: CascadeEntry): boolean {
  return winner !== null && confidence !== null && confidence >= min_confidence
}

function answerOf(stages: PairJudgment[]): PairJudgment {
  const last = stages.at(-1)
  if (!last) throw new Error('A cascade has stages.')
  return {
    ...last,
    cascade: stages.map(({ model, id, winner, confidence }) => ({
      model: model ?? '',
      id,
      winner,
      confidence,
    })),
    usage: sumUsage(stages.map(({ usage }) => usage)),
  }
}
