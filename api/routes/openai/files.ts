import { Hono } from 'hono'
import { PlumblineError } from '../../../shared/protocol/error.ts'
import { filesQuery, pageOfFiles } from '../../../shared/protocol/files.ts'
import { parseWith } from '../../../shared/protocol/parse.ts'
import type { Edge } from '../../middleware/edge.ts'
import type { Files } from '../../training/files.ts'
import type { ResultFiles } from '../../training/result-files.ts'

/**
 * `/v1/files`: upload, list, read, content, delete. An organisation's files are its own; those that its jobs left are
 * read as theirs, and are not listed.
 */
export function fileRoutes(files: Files, results: ResultFiles) {
  return new Hono<Edge>()
    .post('/', async (c) => {
      const form = await c.req.formData().catch((cause: unknown) => {
        if (PlumblineError.isInstance(cause)) throw cause
        const message = "The body is no form: send 'file' and 'purpose' as multipart/form-data."
        throw new PlumblineError('invalid_request', message, { cause })
      })
      return c.json(await files.upload(c.get('call').organisation, form))
    })
    .get('/', async (c) => {
      const query = parseWith(filesQuery, c.req.query())
      return c.json(pageOfFiles(await files.list(c.get('call').organisation), query))
    })
    .get('/:id', async (c) => {
      const [{ organisation }, id] = [c.get('call'), c.req.param('id')]
      const own = await files.find(organisation, id)
      return c.json(own ?? (await results.find(organisation, id)) ?? (await files.require(organisation, id)))
    })
    .get('/:id/content', async (c) => {
      const [{ organisation }, id] = [c.get('call'), c.req.param('id')]
      const own = await files.find(organisation, id)
      const left = own ? null : await results.content(organisation, id)
      const content = left ?? (await files.content(organisation, id)).stream()
      return c.body(content, 200, { 'content-type': 'application/octet-stream' })
    })
    .delete('/:id', async (c) => {
      const id = c.req.param('id')
      await files.delete(c.get('call').organisation, id)
      return c.json({ id, object: 'file', deleted: true })
    })
}
