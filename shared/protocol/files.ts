import * as z from 'zod'

/** The id of a file: the hash of its content, so that a file sent twice is one. */
export const fileId = z
  .string()
  .regex(
    /^file-[0-9a-f]{32}$/,
    "must be the id of a file: send one to POST /v1/files with purpose 'fine-tune'",
  )

/** A file as OpenAI's clients read it. */
export const fileObject = z
  .object({
    id: fileId,
    object: z.literal('file'),
    bytes: z.int(),
    created_at: z.int().describe('Unix time, seconds.'),
    expires_at: z.int().nullable().describe('Unix time, seconds; null where it stays until it is deleted.'),
    filename: z.string(),
    purpose: z.literal('fine-tune'),
    status: z.literal('processed'),
  })
  .meta({ id: 'File' })
export type FileObject = z.infer<typeof fileObject>

export const fileDeleted = z
  .object({ id: fileId, object: z.literal('file'), deleted: z.literal(true) })
  .meta({ id: 'FileDeleted' })
