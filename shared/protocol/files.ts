import * as z from 'zod'
import { PlumblineError } from './error.ts'
import { pageAfter } from './page.ts'
import { parseWith } from './parse.ts'

/** The id of a file: the hash of its content, so that a file sent twice is one. */
export const fileId = z
  .string()
  .regex(
    /^file-[0-9a-f]{32}$/,
    "must be the id of a file: send one to POST /v1/files with purpose 'fine-tune'",
  )

/** What files are for: to train on, or the rows of evals. */
export const PURPOSES = ['fine-tune', 'evals'] as const
export type Purpose = (typeof PURPOSES)[number]

/** A file as OpenAI's clients read it. */
export const fileObject = z
  .object({
    id: fileId,
    object: z.literal('file'),
    bytes: z.int(),
    created_at: z.int().describe('Unix time, seconds.'),
    expires_at: z.int().nullable().describe('Unix time, seconds; null where it stays until it is deleted.'),
    filename: z.string(),
    purpose: z.enum(PURPOSES),
    status: z.literal('processed'),
  })
  .meta({ id: 'File' })
export type FileObject = z.infer<typeof fileObject>

export const fileDeleted = z
  .object({ id: fileId, object: z.literal('file'), deleted: z.literal(true) })
  .meta({ id: 'FileDeleted' })

/** `GET /v1/files`. */
export const filesQuery = z.strictObject({
  after: z.string().optional(),
  limit: z.coerce.number('must be a whole number').int().min(1).max(10_000).default(10_000),
  order: z.enum(['asc', 'desc']).default('desc'),
  purpose: z
    .string()
    .optional()
    .describe(`One of ${PURPOSES.join(', ')}.`),
  key: z.string().optional().describe('An API key, for clients that can only set a URL.'),
})

/** A page of the files, which are given newest first. */
export function pageOfFiles(files: readonly FileObject[], query: z.infer<typeof filesQuery>) {
  const { after, limit, order, purpose } = query
  const asked = files.filter((file) => purpose === undefined || file.purpose === purpose)
  return pageAfter(order === 'asc' ? asked.toReversed() : asked, after, limit)
}

const SHORTEST_STAY = 3600
const LONGEST_STAY = 30 * 24 * 3600

/** The fields of an upload beside the file. */
const uploadFields = z.object({
  purpose: z.enum(PURPOSES),
  'expires_after[anchor]': z.literal('created_at').optional(),
  'expires_after[seconds]': z.coerce
    .number('must be a whole number')
    .int()
    .min(SHORTEST_STAY)
    .max(LONGEST_STAY)
    .optional(),
})

/** An upload as OpenAI's clients send it. Throws an error that names the field. */
export function readUpload(form: FormData): { file: File; purpose: Purpose; expiresAfter: number | null } {
  const file = form.get('file')
  if (!(file instanceof File)) {
    throw new PlumblineError('invalid_request', "'file' must be a file: send it as multipart/form-data.", {
      param: 'file',
    })
  }
  if (file.size === 0) throw new PlumblineError('invalid_request', "'file' is empty.", { param: 'file' })
  const fields = parseWith(uploadFields, Object.fromEntries([...form].filter(([name]) => name !== 'file')))
  return { file, purpose: fields.purpose, expiresAfter: fields['expires_after[seconds]'] ?? null }
}
