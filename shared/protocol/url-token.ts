import * as z from 'zod'
import { name } from './text.ts'

const DAY = 86_400

/** `POST /v1/tokens`: a token that stands in a URL, for clients that can set no header. */
export const urlTokenRequest = z
  .strictObject({
    name: name.optional().describe('What it is for, to tell it from others.'),
    run: z
      .string()
      .min(1)
      .optional()
      .describe(
        "The id of a run: the token then reaches that run's URLs alone. Without it, the organisation's.",
      ),
    expires_in: z
      .int()
      .min(60)
      .max(365 * DAY)
      .default(7 * DAY)
      .describe('Seconds until it is refused.'),
    max_judgments: z
      .int()
      .min(1)
      .max(1_000_000_000)
      .optional()
      .describe(
        'Judgments that may be made for it, and chat calls, in all. What lies in the record is free. Default: no limit.',
      ),
  })
  .meta({ id: 'UrlTokenRequest' })
export type UrlTokenRequest = z.infer<typeof urlTokenRequest>

/** A URL token as it is told, without its text. */
export const urlToken = z
  .object({
    id: z.string().describe('The key that its usage is counted under.'),
    object: z.literal('token'),
    name: z.string().nullable(),
    run: z.string().nullable(),
    created: z.int().describe('Unix time, seconds.'),
    expires_at: z.int().describe('Unix time, seconds.'),
    revoked_at: z.int().nullable(),
    max_judgments: z.int().nullable(),
    judgments: z.int().min(0).describe('Judgments that were made for it.'),
  })
  .meta({ id: 'UrlToken' })
export type UrlToken = z.infer<typeof urlToken>

/** A URL token as it is told once, to whoever made it. */
export const newUrlToken = urlToken
  .extend({
    token: z.string().describe('Shown this once.'),
    url: z.string().describe('What stands before the path of a call.'),
  })
  .meta({ id: 'NewUrlToken' })
export type NewUrlToken = z.infer<typeof newUrlToken>

export const urlTokenList = z.object({
  object: z.literal('list'),
  data: z.array(urlToken),
  has_more: z.boolean(),
})
