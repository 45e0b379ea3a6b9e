import { randomUUID } from 'node:crypto'
import { openAsBlob, statSync } from 'node:fs'
import { basename } from 'node:path'
import * as z from 'zod'
import { type FileObject, fileObject } from '../../shared/protocol/files.ts'
import {
  type FineTuningJob,
  fineTuningJob,
  type JobCheckpoint,
  type JobEvent,
  jobCheckpoint,
  jobEvent,
  pageOf,
} from '../../shared/protocol/fine-tuning.ts'
import { get, openStream, type PostOptions, post, Refusal, reading, type Service } from '../client.ts'
import { Failure } from '../failure.ts'

const JOBS = '/v1/fine_tuning/jobs'
/** What a page may hold at most. */
const PAGE = { jobs: 100, events: 1000 }

/** Sends a file of examples. Sent twice it is one. Throws a `Failure` where it can't be read. */
export async function uploadData(service: Service, path: string, options: PostOptions): Promise<FileObject> {
  const form = new FormData()
  form.set('purpose', 'fine-tune')
  form.set('file', await openFile(path), basename(path))
  return post(service, '/v1/files', form, fileObject, options)
}

async function openFile(path: string): Promise<Blob> {
  try {
    // a device may never end
    if (!statSync(path).isFile()) throw new Error('it is no ordinary file')
    return await openAsBlob(path)
  } catch (error) {
    throw new Failure(`Can't read '${path}' (${error instanceof Error ? error.message : String(error)}).`)
  }
}

/** The file as the service knows it; null where it was deleted. */
export async function fetchData(
  service: Service,
  id: string,
  options: PostOptions,
): Promise<FileObject | null> {
  try {
    return await get(service, `/v1/files/${id}`, fileObject, options)
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return null
    throw error
  }
}

/** The content of a file as text; null where the service does not give it. */
export async function fetchContent(
  service: Service,
  id: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    const stream = await openStream(service, { path: `/v1/files/${id}/content` }, signal)
    return await reading(service, signal, () => new Response(stream).text())
  } catch (error) {
    if (error instanceof Refusal) return null
    throw error
  }
}

/** However often the call is tried, it makes one job. */
export function createJob(service: Service, body: object, options: PostOptions): Promise<FineTuningJob> {
  return post(service, JOBS, body, fineTuningJob, {
    ...options,
    headers: { 'idempotency-key': randomUUID() },
  })
}

export function fetchJob(service: Service, id: string, options: PostOptions = {}): Promise<FineTuningJob> {
  return get(service, pathOf(id), fineTuningJob, options)
}

/** The newest jobs first. */
export async function listJobs(service: Service, limit: number): Promise<FineTuningJob[]> {
  const jobs: FineTuningJob[] = []
  for await (const job of pages(service, JOBS, pageOf(fineTuningJob), {
    limit: Math.min(limit, PAGE.jobs),
  })) {
    jobs.push(job)
    if (jobs.length === limit) break
  }
  return jobs
}

/** The events of a job after one, or all of them, oldest first. */
export function listEvents(
  service: Service,
  id: string,
  after: string | null,
  options: PostOptions = {},
): AsyncGenerator<JobEvent> {
  const query = { order: 'asc', limit: PAGE.events, ...(after === null ? {} : { after }) }
  return pages(service, eventsPath(id), pageOf(jobEvent), query, options)
}

/** Oldest first. */
export async function listCheckpoints(
  service: Service,
  id: string,
  options: PostOptions = {},
): Promise<JobCheckpoint[]> {
  const path = `${pathOf(id)}/checkpoints`
  const checkpoints: JobCheckpoint[] = []
  for await (const one of pages(service, path, pageOf(jobCheckpoint), { limit: PAGE.jobs }, options)) {
    checkpoints.unshift(one)
  }
  return checkpoints
}

export function controlJob(
  service: Service,
  id: string,
  action: 'pause' | 'resume' | 'cancel',
): Promise<FineTuningJob> {
  return post(service, `${pathOf(id)}/${action}`, {}, fineTuningJob)
}

export const eventsPath = (id: string) => `${pathOf(id)}/events`

const pathOf = (id: string) => `${JOBS}/${encodeURIComponent(id)}`

const models = z.object({ data: z.array(z.object({ id: z.string() })) })

/** The model entry that the service would judge with, which comes first in its list. */
export async function defaultModel(service: Service, options: PostOptions): Promise<string> {
  const { data } = await get(service, '/v1/models', models, options)
  const [first] = data
  if (first) return first.id
  throw new Failure(`${service.url} has no model to train: start it with a worker, or give --model.`)
}

type Page<T> = { data: T[]; has_more: boolean }

/** Walks a list page by page. */
async function* pages<T extends { id: string }>(
  service: Service,
  path: string,
  schema: z.ZodType<Page<T>>,
  query: Record<string, string | number>,
  options: PostOptions = {},
): AsyncGenerator<T> {
  let after: { after?: string } = {}
  for (;;) {
    const search = new URLSearchParams(
      Object.entries({ ...query, ...after }).map(([name, value]) => [name, String(value)]),
    )
    const page = await get(service, `${path}?${search}`, schema, options)
    yield* page.data
    const last = page.data.at(-1)
    if (!page.has_more || !last) return
    after = { after: last.id }
  }
}
