import * as z from 'zod'
import { PlumblineError } from '../../shared/protocol/error.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import type { Outbound } from './limited-fetch.ts'
import { keyOf } from './model-config.ts'

const QUOTED_CHARACTERS = 200
/** How servers say that prompt and reply are longer than the model's context. */
const CONTEXT_EXCEEDED = /context[_ ](length|window|size)|maximum context|context_exceeded/i

const errorReply = z.union([
  z.object({ error: z.object({ message: z.string(), code: z.unknown().optional() }) }),
  z.object({ error: z.string() }).transform(({ error }) => ({ error: { message: error, code: undefined } })),
  z.object({ message: z.string() }).transform(({ message }) => ({ error: { message, code: undefined } })),
])

/** The body as JSON. Throws `reply_not_json`. */
export async function readJson(entry: ModelEntry, reply: Response): Promise<unknown> {
  const text = await reply.text()
  try {
    return JSON.parse(text)
  } catch {
    throw new PlumblineError(
      'reply_not_json',
      `The model server of '${entry.id}' answered with something that is not JSON: check its base_url.`,
    )
  }
}

/** The body as text, without the key that the server was called with: some repeat it in their errors. */
export async function textWithoutKey(
  entry: ModelEntry,
  reply: Response,
  environment: Outbound['environment'],
): Promise<string> {
  const key = await keyOf(entry, environment)
  const text = await reply.text()
  return key === null ? text : text.replaceAll(key, '[key]')
}

/**
 * The error that a reply with an HTTP error status stands for: `model_unavailable` for 408, 429 and 5xx, which may pass,
 * else `model_http_error`. What the server says is quoted without the key; where the key was refused it is not, since
 * servers repeat parts of it there.
 */
export async function failedReply(
  entry: ModelEntry,
  reply: Response,
  environment: Outbound['environment'],
): Promise<PlumblineError> {
  const { status } = reply
  const said = saidBy(await textWithoutKey(entry, reply, environment))
  if (status === 401 || status === 403) {
    const key = entry.key === undefined ? 'a call without a key' : `the key in ${entry.key}`
    return new PlumblineError(
      'model_http_error',
      `The model server of '${entry.id}' refused ${key} (${status}).`,
    )
  }
  if ((status === 400 || status === 413 || status === 422) && CONTEXT_EXCEEDED.test(said)) {
    return new PlumblineError(
      'context_exceeded',
      `The texts are longer than the context of model '${entry.id}': shorten them or use another model.`,
    )
  }
  const quote = said === '' ? '' : `, saying "${said}"`
  const transient = status === 408 || status === 429 || status >= 500
  return new PlumblineError(
    transient ? 'model_unavailable' : 'model_http_error',
    `The model server of '${entry.id}' answered ${status}${quote}.`,
    { transient },
  )
}

/** The server's own words on one line: those of its error when it sent one in a usual form. */
function saidBy(text: string): string {
  const parsed = errorReply.safeParse(jsonOrNull(text))
  const words = parsed.success
    ? [parsed.data.error.code, parsed.data.error.message].filter(isText).join(': ')
    : text
  return words.replace(/\s+/g, ' ').trim().slice(0, QUOTED_CHARACTERS)
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
