import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { presentEvent } from '../../shared/judge/present.ts'
import type { JudgmentEvent } from '../../shared/protocol/judgment.ts'
import { parseJudgmentRequest } from '../../shared/protocol/judgment-request.ts'
import { refuseUntried } from '../../shared/protocol/untried.ts'
import { readBody } from './body.ts'
import type { EngineSlot } from './engine-slot.ts'
import { toPlumblineError } from './errors.ts'
import { askFor, callOf, type JudgeDesk } from './judge-here.ts'
import type { Served } from './life.ts'

/** A comment goes down a silent event stream this often, so that proxies keep it open. */
const PULSE_MS = 15_000

/** `POST /v1/judgments`: the native request, judged here and kept nowhere. */
export async function judgments(c: Context<Served>, slot: EngineSlot, desk: JudgeDesk): Promise<Response> {
  const request = parseJudgmentRequest(await readBody(c))
  const call = callOf(c, desk, request.cache)
  const { view, make } = await askFor(request, slot, desk, call)
  if (!request.stream) {
    const judgment = await make()
    refuseUntried([judgment])
    return c.json(judgment)
  }
  return streamSSE(c, async (stream) => {
    const send = ({ event, data }: JudgmentEvent) => stream.writeSSE({ event, data: JSON.stringify(data) })
    const pulse = setInterval(() => void stream.write(': still judging\n\n'), PULSE_MS)
    try {
      const result = await make((event) => void send(presentEvent(event, view)))
      await send({ event: 'result', data: result })
    } catch (error) {
      if (!stream.aborted) await send({ event: 'error', data: toPlumblineError(error).data })
    } finally {
      clearInterval(pulse)
    }
  })
}
