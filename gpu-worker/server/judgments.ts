import type { Context } from 'hono'
import { streamSSE } from 'hono/streaming'
import * as z from 'zod'
import { makeEvidenceId, makeRubric, shardOf } from '../../shared/identity/id.ts'
import type { Job } from '../../shared/judge/job.ts'
import { judge } from '../../shared/judge/judge.ts'
import { present, presentEvent } from '../../shared/judge/present.ts'
import { toJob } from '../../shared/judge/request.ts'
import type { View } from '../../shared/judge/view.ts'
import type { Memory } from '../../shared/model/memory.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import {
  type Judgment,
  type JudgmentEvent,
  type JudgmentRequest,
  pairRequest,
  pointwiseRequest,
} from '../../shared/protocol/judgment.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import type { MetaRubric, Rubric } from '../../shared/protocol/rubric.ts'
import { findMetaRubric, metaRubrics } from '../../shared/rubric/meta-rubrics.ts'
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
  const request = readRequest(await readBody(c))
  const engine = slot.engine()
  requireModel(request.model, engine.model)
  const { job, view } = await toJob(request, await rubricOf(request), await metaRubricOf(request))
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

function readRequest(body: unknown): JudgmentRequest {
  const { protocol } = parseWith(z.looseObject({ protocol: z.unknown().optional() }), body)
  return protocol === 'pointwise' ? parseWith(pointwiseRequest, body) : parseWith(pairRequest, body)
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

async function metaRubricOf({ meta_rubric = 'general' }: JudgmentRequest): Promise<MetaRubric> {
  const found = await findMetaRubric(meta_rubric)
  if (found) return found
  const known = (await metaRubrics()).map(({ name, version }) => `${name}@${version}`).join(', ')
  throw new PlumblineError(
    'meta_rubric_not_found',
    `No meta-rubric is called '${meta_rubric}': use ${known}.`,
    {
      param: 'meta_rubric',
    },
  )
}
