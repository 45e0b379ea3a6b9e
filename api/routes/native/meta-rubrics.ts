import { Hono } from 'hono'
import * as z from 'zod'
import { type FullVersion, publishRequest, rollbackRequest } from '../../../shared/protocol/governance.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import { diffOf } from '../../../shared/refine/edits/diff.ts'
import { requireMetaRubric } from '../../../shared/rubric/meta-rubrics.ts'
import type { MetaRubrics } from '../../governance/meta-rubrics.ts'
import type { Published, Publishing } from '../../governance/publishing.ts'
import { noSuchMetaRubric } from '../../governance/refusals.ts'
import type { Edge } from '../../middleware/edge.ts'
import { readJson } from '../body.ts'

const number = z.coerce.number('must be a whole number').int().min(1)

export const diffQuery = z.strictObject({
  from: number,
  to: number,
  key: z.string().optional().describe('An API key, for clients that can only set a URL.'),
})

const versionPath = z.object({ name: z.string(), version: number })

/**
 * `GET|POST /v1/meta-rubrics`, `GET /{name}` and `{name}@{version}`, `GET /{name}/versions`, `/{name}/versions/{v}`,
 * `/{name}/diff`, `POST /{name}/rollback`.
 */
export function metaRubricRoutes(metaRubrics: MetaRubrics, publishing: Publishing) {
  async function require(organisation: string, name: string, version: number): Promise<FullVersion> {
    const found = await metaRubrics.version(organisation, name, version)
    if (found) return found
    throw noSuchMetaRubric(name, version)
  }

  return new Hono<Edge>()
    .get('/', async (c) => {
      const newest = await metaRubrics.newest(c.get('call').organisation)
      return c.json({ object: 'list', data: newest.map(({ meta_rubric }) => meta_rubric) })
    })
    .post('/', async (c) => {
      const request = parseWith(publishRequest, await readJson(c))
      const published = await publishing.publish(request, c.get('call'))
      return c.json(published.version, statusOf(published))
    })
    .get('/:name', async (c) => {
      const library = metaRubrics.library(c.get('call').organisation)
      return c.json(await requireMetaRubric(c.req.param('name'), library))
    })
    .get('/:name/versions', async (c) => {
      const versions = await metaRubrics.versions(c.get('call').organisation, c.req.param('name'))
      if (versions.length === 0) throw noSuchMetaRubric(c.req.param('name'))
      const data = versions.map(({ meta_rubric: _, layer: __, golden: ___, ...head }) => head)
      return c.json({ object: 'list', data })
    })
    .get('/:name/versions/:version', async (c) => {
      const { name, version } = parseWith(versionPath, c.req.param())
      return c.json(await require(c.get('call').organisation, name, version))
    })
    .get('/:name/diff', async (c) => {
      const { from, to } = parseWith(diffQuery, c.req.query())
      const { organisation } = c.get('call')
      const [before, after] = await Promise.all(
        [from, to].map((version) => require(organisation, c.req.param('name'), version)),
      )
      if (!before || !after) throw noSuchMetaRubric(c.req.param('name'))
      return c.json(diffOf(before.meta_rubric, after.meta_rubric))
    })
    .post('/:name/rollback', async (c) => {
      const request = parseWith(rollbackRequest, await readJson(c))
      const published = await publishing.rollback(c.req.param('name'), request, c.get('call'))
      return c.json(published.version, statusOf(published))
    })
}

/** 201 for a version that this call made, 200 for one that was there. */
function statusOf({ made }: Published): 200 | 201 {
  return made ? 201 : 200
}
