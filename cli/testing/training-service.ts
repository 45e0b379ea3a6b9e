import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseCreateJob } from '../../shared/protocol/create-job.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { type FineTuningJob, isOver, type JobEvent } from '../../shared/protocol/fine-tuning.ts'
import type { TrainingStep } from '../train/record.ts'

const FILE = `file-${'a'.repeat(32)}`
/** What a job may leave as a file, which is named like its data. */
const TAUGHT = '{"rubric":"what was taught"}\n'
const JOB = `ftjob-${'b'.repeat(24)}`

/** A service with one job, which does what a test tells it and forgets nothing while it is down. */
export type TrainingService = Awaited<ReturnType<typeof serveTraining>>

/** Begins to answer like the API. `script` is run once the job is created. */
export async function serveTraining(script: (service: TrainingService) => Promise<void> = async () => {}) {
  const seen = {
    uploads: [] as string[],
    bodies: [] as unknown[],
    resumed: [] as string[],
    keys: [] as string[],
  }
  const events: JobEvent[] = []
  const streams = new Map<ServerResponse, number>()
  let job: FineTuningJob | null = null
  let server: Server

  const send = (response: ServerResponse, body: unknown, status = 200) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  const write = (response: ServerResponse) => {
    const from = streams.get(response) ?? 0
    for (const event of events.slice(from)) {
      response.write(`event: ${event.type}\nid: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`)
    }
    streams.set(response, events.length)
    if (job && isOver(job.status)) response.end(`event: job\ndata: ${JSON.stringify(job)}\n\n`)
  }
  const numberOf = (id: string | null) => Number(id?.split('-')[2] ?? 0)
  const tell = (event: Pick<JobEvent, 'level' | 'message' | 'type' | 'data'>) => {
    const id = `ftevent-bbbbbbbb-${String(events.length + 1).padStart(8, '0')}`
    events.push({ id, object: 'fine_tuning.job.event', created_at: 1_800_000_000 + events.length, ...event })
    for (const response of streams.keys()) write(response)
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', 'http://localhost')
    const path = url.pathname.replace('/v1/', '')
    if (path === 'models') return send(response, { object: 'list', data: [{ id: 'small' }, { id: 'other' }] })
    if (path === 'files') {
      seen.uploads.push(await bodyOf(request))
      return send(response, fileOf())
    }
    if (path === `files/${FILE}`) return send(response, fileOf())
    if (path === `files/${FILE}/content`) return void response.end(TAUGHT)
    if (path === 'fine_tuning/jobs' && request.method === 'POST') {
      const body: unknown = JSON.parse(await bodyOf(request))
      seen.bodies.push(body)
      seen.keys.push(String(request.headers['idempotency-key']))
      const { model, method, suffix = null } = parseCreateJob(body)
      job = { ...newJob(), model, method, suffix }
      send(response, job)
      // what a script still does when its test has ended is nobody's
      void script(service).catch(() => {})
      return
    }
    if (path === 'fine_tuning/jobs') return send(response, pageOf(job ? [job] : []))
    if (!job || !path.startsWith(`fine_tuning/jobs/${JOB}`)) {
      const message = 'There is no such job.'
      return send(response, { error: { code: 'job_not_found', message, type: 'caller' } }, 404)
    }
    const action = path.split('/')[3]
    if (action === 'checkpoints') return send(response, pageOf([checkpoint()]))
    if (action === 'pause') job = { ...job, status: 'paused' }
    if (action === 'resume') job = { ...job, status: 'running' }
    if (action === 'cancel') job = { ...job, status: 'cancelled', finished_at: 1_800_000_100 }
    if (action !== 'events') return send(response, job)
    const last = request.headers['last-event-id']
    if (url.searchParams.get('stream') === 'true') {
      if (typeof last === 'string') seen.resumed.push(last)
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      streams.set(response, numberOf(typeof last === 'string' ? last : null))
      write(response)
      return
    }
    // a small page, so that there are several
    const from = numberOf(url.searchParams.get('after'))
    send(response, { ...pageOf(events.slice(from, from + 3)), has_more: from + 3 < events.length })
  }

  async function listen(port: number): Promise<void> {
    server = createServer((request, response) => {
      answer(request, response).catch((error: unknown) => {
        if (!PlumblineError.isInstance(error)) throw error
        send(response, { error: error.data }, error.status)
      })
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  async function close(): Promise<void> {
    streams.clear()
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  const portOf = () => (server.address() as AddressInfo).port

  await listen(0)
  const url = `http://127.0.0.1:${portOf()}`
  const service = {
    url,
    job: JOB,
    seen,
    step(step: TrainingStep, steps: number) {
      if (job) job = { ...job, status: 'running', progress: { step: step.step, steps, phase: step.phase } }
      tell({ level: 'info', message: `Step ${step.step}.`, type: 'metrics', data: step })
    },
    say: (message: string, level: JobEvent['level'] = 'info') =>
      tell({ level, message, type: 'message', data: null }),
    /** Breaks every open stream off. */
    drop() {
      for (const response of streams.keys()) response.destroy()
      streams.clear()
    },
    /** Stops answering for a while, as in a restart. */
    async restart(ms: number) {
      const port = portOf()
      await close()
      await sleep(ms)
      await listen(port)
    },
    end(change: Partial<FineTuningJob>) {
      if (job) job = { ...job, finished_at: 1_800_000_100, ...change }
      for (const response of streams.keys()) write(response)
    },
    get state() {
      return job?.status
    },
    close,
  }
  return service
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

const pageOf = (data: unknown[]) => ({ object: 'list', data, has_more: false })

const fileOf = () => ({
  id: FILE,
  object: 'file',
  bytes: 12,
  created_at: 1_800_000_000,
  expires_at: null,
  filename: 'pairs.jsonl',
  purpose: 'fine-tune',
  status: 'processed',
})

const checkpoint = () => ({
  id: 'ftckpt-bbbbbbbb-00000002',
  object: 'fine_tuning.job.checkpoint',
  created_at: 1_800_000_000,
  fine_tuning_job_id: JOB,
  fine_tuned_model_checkpoint: 'small:step-2',
  step_number: 2,
  metrics: {},
})

const newJob = (): Omit<FineTuningJob, 'method' | 'model' | 'suffix'> => ({
  id: JOB,
  object: 'fine_tuning.job',
  created_at: 1_800_000_000,
  finished_at: null,
  estimated_finish: null,
  fine_tuned_model: null,
  fine_tuned_models: {},
  organization_id: 'default',
  status: 'queued',
  training_file: FILE,
  validation_file: null,
  hyperparameters: { n_epochs: null, batch_size: null },
  seed: 0,
  metadata: null,
  result_files: [],
  integrations: [],
  trained_tokens: null,
  error: null,
  progress: { step: 0, steps: null, phase: null },
  refreshed_at: 1_800_000_000,
})
