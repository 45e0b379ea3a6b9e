import type * as z from 'zod'
import { errorBody, PlumblineError } from '../../shared/protocol/error.ts'
import type { ModelEntry } from '../../shared/protocol/model-entry.ts'
import { jsonOrNull } from '../../shared/protocol/parse.ts'
import { raised } from '../../shared/protocol/transient.ts'
import { callLimit } from '../models/call-limit.ts'
import { limitedFetch } from '../models/limited-fetch.ts'
import { baseUrls } from '../models/model-config.ts'
import { failedReply } from '../models/model-reply.ts'
import type { Platform } from '../platform/platform.ts'

/** The worker of a job: a model entry, and the one of its base URLs that has the job. */
export type JobWorker = { entry: ModelEntry; url: string; organisation: string }

export type WorkerCall = {
  path: `/${string}`
  /** Absent: what lies at the path is read. */
  body?: string | FormData
  headers?: Record<string, string>
  /** Default: the entry's. */
  timeoutMs?: number
  /** Default: that of every reply. */
  maxReplyBytes?: number
  signal?: AbortSignal
}

/** Calls a worker for an organisation and gives its reply, if it is no refusal. Throws what the worker said. */
export async function callWorker(
  { entry, url, organisation }: JobWorker,
  { path, body, headers, timeoutMs = entry.timeout_ms, maxReplyBytes, signal }: WorkerCall,
  { config, fetch }: Pick<Platform, 'config' | 'fetch'>,
): Promise<Response> {
  const { base_urls: _, ...rest } = entry
  // An entry of its own takes no place among the calls that are judged with.
  const alone = { ...rest, base_url: url, timeout_ms: timeoutMs }
  const outbound = {
    fetch,
    environment: config.environment,
    limit: callLimit(),
    caller: organisation,
    ...(headers && { headers }),
    ...(maxReplyBytes !== undefined && { maxReplyBytes }),
  }
  const reply = await limitedFetch(alone, path, body ?? null, outbound, signal)
  if (reply.ok) return reply
  const said = errorBody.safeParse(
    jsonOrNull(
      await reply
        .clone()
        .text()
        .catch(() => ''),
    ),
  )
  if (!said.success || reply.status === 401) {
    throw await failedReply(entry, reply, config.environment)
  }
  throw raised(said.data.error)
}

/** The same, its reply read by a schema. */
export async function askWorker<T>(
  worker: JobWorker,
  call: WorkerCall,
  answer: z.ZodType<T>,
  platform: Pick<Platform, 'config' | 'fetch'>,
): Promise<T> {
  const reply = await callWorker(worker, call, platform)
  const read = answer.safeParse(jsonOrNull(await reply.text()))
  if (read.success) return read.data
  throw new PlumblineError(
    'reply_invalid',
    `The worker of '${worker.entry.id}' does not answer about jobs like Plumbline: run the same version at both ends.`,
  )
}

/** The base URL that a job was sent to, while its entry still has it; else the first. */
export function workerUrl(entry: ModelEntry, sentTo: string | null): string {
  const urls = baseUrls(entry)
  return urls.find((url) => url === sentTo) ?? urls[0] ?? ''
}
