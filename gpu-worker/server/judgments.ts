import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import { makeEvidenceId, makeRubric, shardOf } from '../../shared/identity/id.ts'
import type { Job } from '../../shared/judge/job.ts'
import { judge } from '../../shared/judge/judge.ts'
import { present, presentEvent } from '../../shared/judge/present.ts'
import { toJob } from '../../shared/judge/request.ts'
import type { View } from '../../shared/judge/view.ts'
import type { Memory } from '../../shared/model/memory.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Judgment, JudgmentEvent, JudgmentRequest } from '../../shared/protocol/judgment.ts'
import { parseJudgmentRequest } from '../../shared/protocol/judgment-request.ts'
import type { Rubric } from '../../shared/protocol/rubric.ts'
import { requireMetaRubric } from '../../shared/rubric/meta-rubrics.ts'
import type { Engine } from '../generate/engine.ts'
import { readBody } from './body.ts'
import { requireModel } from './chat-request.ts'
import type { EngineSlot } from './engine-slot.ts'
import { toPlumblineError } from './errors.ts'
import { localModel } from './local-model.ts'

/** What judgments need beside the engine. */
export type JudgeDesk = { secret: string; memory: Memory }

type Report = (event: Exclude<JudgmentEvent, { event: 'result' | 'error' }>) => void

/** `POST /v1/judgments`: the native request, judged here and kept nowhere. */
export async function judgments(c: Context, slot: EngineSlot, desk: JudgeDesk): Promise<Response> {
  const request = parseJudgmentRequest(await readBody(c))
  const engine = slot.engine()
  requireModel(request.model, engine.model)
  const { job, view } = await toJob(
    request,
    await rubricOf(request),
    await requireMetaRubric(request.meta_rubric),
  )
  const make = (report?: Report) => makeJudgment(job, view, engine, desk, c.req.raw.signal, report)
  if (!request.stream) return c.json(await make())
  return streamSSE(c, async (stream) => {
    const send = ({ event, data }: JudgmentEvent) => stream.writeSSE({ event, data: JSON.stringify(data) })
    try {
      const result = await make((event) => void send(presentEvent(event, view)))
      await send({ event: 'result', data: result })
    } catch (error) {
      if (!stream.aborted) await send({ event: 'error', data: toPlumblineError(error).data })
    }
  })
}

async function makeJudgment(
  job: Job,
  view: View | null,
  engine: Engine,
  { secret, memory }: JudgeDesk,
  signal: AbortSignal,
  report?: Report,
): Promise<Judgment> {
  const model = localModel(engine)
  const evidence = await judge(job, { model, secret, memory, signal, ...(report && { report }) })
  const id = await makeEvidenceId(await shardOf('', job.prompt), evidence)
  const filed = { id, created: Math.floor(Date.now() / 1000), model: engine.model.id, evidence }
  return present(filed, view, 'miss', undefined)
}

async function rubricOf({ rubric }: JudgmentRequest): Promise<Rubric | null> {
  if (rubric === undefined) return null
  if (typeof rubric !== 'string') return makeRubric(rubric.criteria, rubric.meta_rubric ?? null)
  throw new PlumblineError(
    'rubric_not_found',
    'A worker keeps no rubrics: send the rubric itself, not its id.',
    {
      param: 'rubric',
    },
  )
}
