import { parseJudgmentId } from '../../shared/identity/id.ts'
import type { Filed } from '../../shared/judge/filed.ts'
import { findingsOf } from '../../shared/judge/findings.ts'
import type { View } from '../../shared/judge/pair/view.ts'
import { present, presentEvent } from '../../shared/judge/present.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { Judgment, JudgmentEvent, JudgmentRequest, Usage } from '../../shared/protocol/judgment.ts'
import { raised } from '../../shared/protocol/transient.ts'
import { isPinned, type MetaRubrics } from '../governance/meta-rubrics.ts'
import type { Tally } from '../metrics/tally.ts'
import { findCascade } from '../models/model-config.ts'
import type { Cursor, DeskEvent, Ruling } from '../platform/desk/port.ts'
import type { Platform } from '../platform/platform.ts'
import { requireOwnModel } from '../training/own-model.ts'
import type { Call } from './call.ts'
import { judgeByCascade, watchByCascade } from './cascade.ts'
import { planJudgment } from './plan.ts'
import { createRecent } from './recent.ts'
import type { Rubrics } from './rubrics.ts'

/** Where judgments are asked for and handed out: in front of the desks, the same for every dialect. */
export type Counter = ReturnType<typeof createCounter>

/** The counter of a platform. `tally` is told of every judgment that is handed out. */
export function createCounter(platform: Platform, rubrics: Rubrics, metaRubrics: MetaRubrics, tally: Tally) {
  const recent = createRecent(platform)
  const plan = async (request: JudgmentRequest, call: Call) => {
    await requireOwnModel(platform, call.organisation, request.model)
    return planJudgment(request, call, platform.config, rubrics, metaRubrics)
  }

  function show(filed: Filed, view: View | null, cache: Usage['cache']): Judgment {
    const entry = platform.config.models.entries.find(({ id }) => id === filed.model)
    return present(filed, view, cache, entry)
  }

  function handOut(filed: Filed, view: View | null, cache: Usage['cache']): Judgment {
    const judgment = show(filed, view, cache)
    tally.judgment(judgment, cache)
    return judgment
  }

  /** Reads by id show a judgment as it was first answered. */
  async function read(organisation: string, id: string): Promise<Judgment> {
    const parsed = parseJudgmentId(id)
    const kept = parsed && (await platform.desk(parsed.shard).read(organisation, parsed.evidenceId))
    if (kept) return show(kept.filed, parsed.view ?? kept.view, 'miss')
    throw new PlumblineError('judgment_not_found', `No judgment has the id '${id}'.`, { param: 'id' })
  }

  async function judgeOne(request: JudgmentRequest, call: Call, body?: string): Promise<Judgment> {
    // Read before anything is looked up by it: what is filed in between then makes the stamp old, not the answer.
    const asksNewest = body !== undefined && !isPinned(request.meta_rubric)
    const stamp = asksNewest ? await metaRubrics.stamp(call.organisation) : null
    const assignment = await plan(request, call)
    const { organisation, key, view, cache, shard } = assignment
    if (cache === 'use' && body !== undefined) recent.keepAsked(organisation, body, { key, view, stamp })
    const known = cache === 'use' ? recent.find(key) : undefined
    if (known) return handOut(known, view, 'hit')
    const { filed, cache: found } = settled(await platform.desk(shard).judge(assignment))
    if (cache !== 'off') recent.keep(key, filed)
    return handOut(filed, view, found)
  }

  async function watchOne(request: JudgmentRequest, call: Call): Promise<ReadableStream<JudgmentEvent>> {
    const assignment = await plan(request, call)
    const { view, shard } = assignment
    const events = await platform.desk(shard).watch(assignment)
    let told = 0
    const toCaller = new TransformStream<DeskEvent, JudgmentEvent>({
      transform(event, controller) {
        if (event.event !== 'ruling') {
          told++
          controller.enqueue(presentEvent(event, view))
        } else if ('error' in event.data) {
          controller.enqueue({ event: 'error', data: event.data.error })
        } else {
          const { filed, cache } = event.data
          const untold = told === 0 ? findingsOf(filed.evidence) : []
          for (const finding of untold) controller.enqueue(presentEvent(finding, view))
          controller.enqueue({ event: 'result', data: handOut(filed, view, cache) })
        }
      },
    })
    return events.pipeThrough(toCaller)
  }

  return {
    read,

    /** The answer to a body that was answered a moment ago: nothing is parsed or hashed again. */
    async again(body: string, { organisation }: Call): Promise<Judgment | null> {
      const asked = recent.findAsked(organisation, body)
      const filed = asked && recent.find(asked.key)
      if (!filed) return null
      if (asked.stamp !== null && asked.stamp !== (await metaRubrics.stamp(organisation))) return null
      return handOut(filed, asked.view, 'hit')
    },

    /** One judgment: from the record, from a flight under way, or made now. `body` is what asked for it, if one did. */
    judge(request: JudgmentRequest, call: Call, body?: string): Promise<Judgment> {
      const cascade = findCascade(platform.config.models, request.model)
      if (cascade === null) return judgeOne(request, call, body)
      return judgeByCascade(request, cascade, (one) => judgeOne(one, call))
    },

    /** The same as events; errors of planning are thrown, later ones are the last event. */
    async watch(request: JudgmentRequest, call: Call): Promise<ReadableStream<JudgmentEvent>> {
      const cascade = findCascade(platform.config.models, request.model)
      if (cascade === null) return watchOne(request, call)
      return watchByCascade(request, cascade, (one) => watchOne(one, call))
    },

    /** A page of an organisation's judgments over all shards, newest first, after the one with id `before`. */
    async list(organisation: string, before: string | null, limit: number) {
      const from = before === null ? null : await cursorAt(organisation, before)
      const pages = await Promise.all(
        platform.desks().map((desk) => desk.list(organisation, from, limit + 1)),
      )
      const merged = pages.flat().sort((a, b) => newestFirst(a.filed, b.filed))
      const data = merged.slice(0, limit).map(({ filed, view }) => show(filed, view, 'miss'))
      return { object: 'list' as const, data, has_more: merged.length > limit }
    },
  }

  async function cursorAt(organisation: string, id: string): Promise<Cursor> {
    const { created } = await read(organisation, id)
    return { created, id: parseJudgmentId(id)?.evidenceId ?? id }
  }
}

function newestFirst(a: Filed, b: Filed): number {
  return b.created - a.created || (a.id < b.id ? 1 : -1)
}

function settled(ruling: Ruling) {
  if ('error' in ruling) throw raised(ruling.error)
  return ruling
}
