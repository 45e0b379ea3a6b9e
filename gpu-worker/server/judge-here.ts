import type { Context } from 'hono'
import { makeEvidenceId, makeRubric, shardOf } from '../../shared/identity/id.ts'
import type { JudgeContext } from '../../shared/judge/context.ts'
import { judgeWithin } from '../../shared/judge/judgment-span.ts'
import type { View } from '../../shared/judge/pair/view.ts'
import { present } from '../../shared/judge/present.ts'
import { toJob } from '../../shared/judge/request.ts'
import type { Memory } from '../../shared/model/memory.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { CacheMode, Judgment, JudgmentRequest } from '../../shared/protocol/judgment.ts'
import type { Rubric } from '../../shared/protocol/rubric.ts'
import { metaRubricOf } from '../../shared/rubric/meta-rubrics.ts'
import type { Sandbox } from '../../shared/verify/sandbox.ts'
import { armModel, refuseOtherProtocols, servedPair } from './arm-model.ts'
import type { ArmPairs } from './arm-pairs.ts'
import type { EngineSlot } from './engine-slot.ts'
import type { Asker, JudgingPlaces } from './judging-places.ts'
import { callerOf, type Served } from './life.ts'
import { type JudgingMethods, localModel } from './local-model.ts'
import { memoryOfCall, type WorkerMemory } from './memory.ts'
import { findModel } from './served-model.ts'

/** What judging needs beside the engine. */
export type JudgeDesk = {
  secret: string
  memory: WorkerMemory
  methods: JudgingMethods
  arms: ArmPairs
  place: JudgingPlaces
  sandbox: Sandbox
  /** Told of every judgment that is made. */
  judged(judgment: Judgment): void
}

/** Whose judgment it is, and what it may recall. */
export type JudgeCall = Asker & { memory: Memory }

/** The call that a request makes: all of its judgments share what they recall. */
export function callOf(c: Context<Served>, { memory }: JudgeDesk, cache: CacheMode | undefined): JudgeCall {
  return {
    caller: callerOf(c),
    signal: c.get('life').signal,
    trace: c.get('trace'),
    memory: memoryOfCall(memory, cache),
  }
}

/** A judgment that has been asked for: how it is to be shown, and how to make it. */
export type Asked = {
  view: View | null
  make(report?: JudgeContext['report']): Promise<Judgment>
}

/**
 * Reads a request for a judgment next to the weights, which is kept nowhere. Throws what `toJob`, `findModel` and
 * the slot throw, and `rubric_not_found` for a rubric's id.
 */
export async function askFor(
  request: JudgmentRequest,
  slot: EngineSlot,
  { secret, methods, arms, place, sandbox, judged }: JudgeDesk,
  call: JudgeCall,
): Promise<Asked> {
  const engine = slot.engine()
  const pair = arms.find(request.model, engine)
  const served = pair ? servedPair(pair, engine) : findModel(request.model, engine)
  const rubric = await rubricOf(request)
  const { metaRubric, among } = await metaRubricOf(request.meta_rubric)
  const { job, view } = await toJob(request, rubric, metaRubric, among)
  if (pair) refuseOtherProtocols(request.protocol, pair)
  const model = pair ? armModel(pair, engine, call.caller) : localModel(engine, served, methods, call.caller)
  return {
    view,
    async make(report) {
      const { signal, trace, memory } = call
      const context = { model, secret, memory, sandbox, signal, ...(report && { report }) }
      const evidence = await place(call, () => judgeWithin(trace, job, context))
      // What was given up is no judgment, though some of it may have been found.
      signal.throwIfAborted()
      const id = await makeEvidenceId(await shardOf('', job.prompt), evidence)
      const filed = { id, created: Math.floor(Date.now() / 1000), model: served.id, evidence }
      const judgment = present(filed, view, 'miss')
      judged(judgment)
      return judgment
    },
  }
}

async function rubricOf({ rubric }: JudgmentRequest): Promise<Rubric | null> {
  if (rubric === undefined) return null
  if (typeof rubric !== 'string') return makeRubric(rubric.criteria, rubric.meta_rubric ?? null)
  throw new PlumblineError(
    'rubric_not_found',
    'A worker keeps no rubrics: send the rubric itself, not its id.',
    { param: 'rubric' },
  )
}
