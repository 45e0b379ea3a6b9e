import { Hono } from 'hono'
import type { Edge } from '../../middleware/edge.ts'
import { fineTunedName } from '../../models/model-config.ts'
import type { Platform } from '../../platform/platform.ts'

/**
 * `GET /v1/models`: the configured entries, the default first, since some clients take the first one, then what the
 * organisation's own jobs trained. Beside what OpenAI's clients know, an entry says whether its model writes
 * (`generate`) or picks.
 */
export function modelRoutes({ config, training }: Platform) {
  const { entries, defaultId } = config.models
  const configured = entries
    .toSorted((a, b) => Number(b.id === defaultId) - Number(a.id === defaultId))
    .map(({ id, instantiate, verdicts }) => show(id, 0, { instantiate, verdicts }))
  return new Hono<Edge>().get('/', async (c) => {
    const jobs = await training.jobs(c.get('call').organisation)
    const trained = jobs.flatMap(({ job }) =>
      Object.values(job.fine_tuned_models).flatMap((id) => {
        const base = fineTunedName(config.models, id)?.base
        return base ? show(id, job.finished_at ?? 0, base) : []
      }),
    )
    return c.json({ object: 'list', data: [...configured, ...trained] })
  })
}

type Methods = { instantiate: string; verdicts: string }

function show(id: string, created: number, { instantiate, verdicts }: Methods) {
  return { id, object: 'model', created, owned_by: 'plumbline', instantiate, verdicts }
}
