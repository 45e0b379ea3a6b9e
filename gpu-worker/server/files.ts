import { readFile } from 'node:fs/promises'
import { type Context, Hono } from 'hono'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { filesQuery, pageOfFiles, readUpload } from '../../shared/protocol/files.ts'
import { parseWith } from '../../shared/protocol/parse.ts'
import type { Files } from '../jobs/files.ts'
import { organisationOf, type Served } from './life.ts'

/** `/v1/files` and what lies under it. */
export function fileRoutes(files: Files): Hono<Served> {
  return new Hono<Served>()
    .post('/', (c) => postFile(c, files))
    .get('/', (c) => listFiles(c, files))
    .get('/:id', (c) => readFileObject(c, files))
    .get('/:id/content', (c) => fileContent(c, files))
    .delete('/:id', (c) => deleteFile(c, files))
}

/** Multipart, as OpenAI has it. */
async function postFile(c: Context, files: Files): Promise<Response> {
  const form = await c.req.formData().catch((cause: unknown) => {
    if (PlumblineError.isInstance(cause)) throw cause
    throw new PlumblineError(
      'invalid_request',
      "The body is no form: send 'file' and 'purpose' as multipart/form-data.",
      { cause },
    )
  })
  const { file, expiresAfter } = readUpload(form)
  const bytes = new Uint8Array(await file.arrayBuffer())
  return c.json(files.keep({ bytes, filename: file.name, expiresAfter, caller: organisationOf(c) }))
}

function listFiles(c: Context, files: Files): Response {
  return c.json(pageOfFiles(files.all(), parseWith(filesQuery, c.req.query())))
}

function readFileObject(c: Context, files: Files): Response {
  return c.json(files.find(c.req.param('id') ?? ''))
}

async function fileContent(c: Context, files: Files): Promise<Response> {
  const { id } = files.find(c.req.param('id') ?? '')
  return c.body(new Uint8Array(await readFile(files.contentPath(id))), 200, {
    'content-type': 'application/octet-stream',
  })
}

/** Jobs that were made with it keep their data. */
function deleteFile(c: Context, files: Files): Response {
  const { id } = files.find(c.req.param('id') ?? '')
  files.delete(id)
  return c.json({ id, object: 'file', deleted: true })
}
