import { Hono } from 'hono'
import { createImports } from '../../../evals/imports.ts'
import type { Edge } from '../../../middleware/edge.ts'
import type { Platform } from '../../../platform/platform.ts'
import { readJson } from '../../body.ts'

/** `POST /v1/eval_imports`: evals, runs and output items that another service exported. */
export function evalImportRoutes(platform: Platform) {
  const imports = createImports(platform)
  return new Hono<Edge>().post('/', async (c) =>
    c.json(await imports.take(c.get('call').organisation, await readJson(c))),
  )
}
