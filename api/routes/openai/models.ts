import { Hono } from 'hono'
import { judgeName, NAMED_JUDGES } from '../../../shared/protocol/judge-name.ts'
import type { Edge } from '../../middleware/edge.ts'
import { findAnswerer, findEntry, fineTunedName, noSuchModel } from '../../models/model-config.ts'
import type { Platform } from '../../platform/platform.ts'

/**
 * `GET /v1/models`, `GET /v1/models/{id}`: the configured entries, the default first, since some clients take the first
 * one, then what the organisation's own jobs trained, the judges by name, and the aliases that are whole names. Beside
 * what OpenAI's clients know, an entry says whether its model writes (`generate`) or picks. Whoever sends
 * `anthropic-version` is answered in Anthropic's shape.
 */
export function modelRoutes({ config, training }: Platform) {
  const { entries, defaultId, aliases } = config.models
  const configured = entries
    .toSorted((a, b) => Number(b.id === defaultId) - Number(a.id === defaultId))
    .map(({ id, instantiate, verdicts }) => show(id, 0, { instantiate, verdicts }))
  const judges = entries.length === 0 ? [] : NAMED_JUDGES.map((judge) => show(judgeName(judge), 0))
  const others = aliases.filter(({ prefix }) => prefix === null).map(({ name }) => show(name, 0))

  const list = async (organisation: string) => {
    const jobs = await training.jobs(organisation)
    const trained = jobs.flatMap(({ job }) =>
      Object.values(job.fine_tuned_models).flatMap((id) => {
        const base = fineTunedName(config.models, id)?.base
        return base ? show(id, job.finished_at ?? 0, base) : []
      }),
    )
    return [...configured, ...trained, ...judges, ...others]
  }

  /** A name that is in no list but is understood: a judge with an entry of its own, or the beginning of an alias. */
  const understood = (id: string): boolean => {
    const answerer = findAnswerer(config.models, id)
    const model = 'judge' in answerer ? answerer.judge.model : answerer.model
    if (model === id && fineTunedName(config.models, id) !== null) return false
    findEntry(config.models, model ?? undefined)
    return true
  }

  return new Hono<Edge>()
    .get('/', async (c) => {
      const data = await list(c.get('call').organisation)
      return c.json(isAnthropic(c.req) ? anthropicList(data) : { object: 'list', data })
    })
    .get('/:id{.+}', async (c) => {
      const id = c.req.param('id')
      const listed = (await list(c.get('call').organisation)).find((model) => model.id === id)
      const model = listed ?? (understood(id) ? show(id, 0) : null)
      if (!model) throw noSuchModel(config.models, id)
      return c.json(isAnthropic(c.req) ? showToAnthropic(model) : model)
    })
}

/** Anthropic's clients ask at the same path, and read another shape. */
const isAnthropic = (request: { header(name: string): string | undefined }) =>
  request.header('anthropic-version') !== undefined

function anthropicList(models: Shown[]) {
  const data = models.map(showToAnthropic)
  return { data, has_more: false, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null }
}

function showToAnthropic({ id, created, object: type }: Shown) {
  const created_at = new Date(created * 1000).toISOString()
  return { type, id, display_name: id, created_at, lifecycle: 'active' }
}

type Shown = ReturnType<typeof show>
type Methods = { instantiate: string; verdicts: string }

function show(id: string, created: number, methods?: Methods) {
  const { instantiate, verdicts } = methods ?? {}
  return {
    id,
    object: 'model' as const,
    created,
    owned_by: 'plumbline',
    ...(methods && { instantiate, verdicts }),
  }
}
