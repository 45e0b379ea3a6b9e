import { sha256 } from '../../shared/identity/hash.ts'
import { parseCreateJob } from '../../shared/protocol/create-job.ts'
import type { FileObject } from '../../shared/protocol/files.ts'
import { type FineTuningJob, isOver, type JobEvent } from '../../shared/protocol/fine-tuning.ts'
import { newJob } from '../../shared/protocol/new-job.ts'
import { pageAfter } from '../../shared/protocol/page.ts'

const BASE = 'http://worker.test/v1'

/** The entry of the worker, for PLUMBLINE_MODELS. */
export const WORKER_ENTRY = {
  id: 'small',
  base_url: BASE,
  model: 'tiny-1m',
  judges: 'there',
  timeout_ms: 500,
}

/** A worker's files and jobs in the place of `fetch`, which does to its jobs what a test says. */
export function createJobWorker() {
  const jobs = new Map<string, { job: FineTuningJob; events: JobEvent[] }>()
  const files = new Map<string, string>()
  const listeners = new Set<() => void>()
  const worker = {
    files,
    jobs,
    /** Models that a chat completion or a judgment was asked of. */
    chats: [] as string[],
    calls: [] as { method: string; path: string; caller: string | null }[],
    /** Unreachable: no connection. */
    down: false,
    /** Has a job say something, which is a step where figures are given. */
    say(id: string, message: string, step?: number) {
      const held = jobs.get(id)
      if (!held) throw new Error(`no job ${id}`)
      const number = String(held.events.length + 1).padStart(8, '0')
      const seconds = { rollout: 0, reward: 0, update: 1 }
      held.events.push({
        id: `ftevent-${id.slice(6, 14)}-${number}`,
        object: 'fine_tuning.job.event',
        created_at: 1,
        level: 'info',
        message,
        type: step === undefined ? 'message' : 'metrics',
        data:
          step === undefined
            ? null
            : { step, phase: 'supervised', metrics: { loss: 1 / step }, samples: [], seconds },
      })
      tellAll()
    },
    become(id: string, change: Partial<FineTuningJob>) {
      const held = jobs.get(id)
      if (held) held.job = { ...held.job, ...change }
      tellAll()
    },
    fetch,
  }
  const tellAll = () => {
    for (const listener of [...listeners]) listener()
  }
  return worker

  async function fetch(url: string, init: RequestInit): Promise<Response> {
    if (worker.down) throw new TypeError('connection refused')
    const { pathname, searchParams } = new URL(url)
    const headers = new Headers(init.headers)
    const path = pathname.replace('/v1', '')
    worker.calls.push({ method: init.method ?? 'GET', path, caller: headers.get('x-caller') })
    if (!headers.get('authorization')) return refuse(401, 'unauthorized', 'Send the worker key.')
    if (path === '/chat/completions') {
      worker.chats.push(String(JSON.parse(String(init.body)).model))
      return Response.json({ choices: [{ message: { content: 'Hello.' }, finish_reason: 'stop' }] })
    }
    if (path === '/files' && init.body instanceof FormData) return takeFile(init.body)
    const [, file = '', content] = /^\/files\/([^/]+)(\/content)?$/.exec(path) ?? []
    const known = files.get(file)
    if (known !== undefined) return content ? new Response(known) : Response.json(headOf(file, known))
    if (path === '/fine_tuning/jobs' && init.method === 'POST') {
      return create(String(init.body), headers.get('idempotency-key') ?? '')
    }
    const [, id = '', action] = /^\/fine_tuning\/jobs\/([^/]+)(?:\/(\w+))?$/.exec(path) ?? []
    const held = jobs.get(id)
    if (!held) return refuse(404, 'job_not_found', `There is no job '${id}'.`)
    if (action === 'events') {
      const last = headers.get('last-event-id') ?? searchParams.get('after') ?? undefined
      if (searchParams.get('stream')) return stream(held, last, init.signal)
      return Response.json(pageAfter(held.events, last, Number(searchParams.get('limit'))))
    }
    if (action === 'checkpoints')
      return Response.json({ object: 'list', data: [checkpointOf(held.job)], has_more: false })
    if (action !== undefined && isOver(held.job.status)) return refuse(409, 'job_over', 'The job is over.')
    const becomes = { cancel: 'cancelled', pause: 'paused', resume: 'queued' } as const
    if (action === 'cancel' || action === 'pause' || action === 'resume')
      worker.become(id, { status: becomes[action] })
    return Response.json(jobs.get(id)?.job)
  }

  async function takeFile(form: FormData): Promise<Response> {
    const file = form.get('file')
    const text = file instanceof Blob ? await file.text() : ''
    const id = `file-${(await sha256(text)).slice(0, 32)}`
    files.set(id, text)
    return Response.json(headOf(id, text))
  }

  function headOf(id: string, text: string): FileObject {
    const shown = { id, bytes: text.length, created_at: 1, expires_at: null, filename: 'x' }
    return { ...shown, object: 'file', purpose: 'fine-tune', status: 'processed' }
  }

  function create(body: string, id: string): Response {
    const request = parseCreateJob(JSON.parse(body))
    if (!files.has(request.training_file))
      return refuse(404, 'file_not_found', 'There is no such file.', 'training_file')
    if (files.get(request.training_file) === 'bad') {
      return refuse(
        400,
        'invalid_training_file',
        'Line 1 of the training file is not a JSON object.',
        'training_file',
      )
    }
    if (!jobs.has(id)) {
      jobs.set(id, {
        job: newJob(id, request, { organization: 'worker', status: 'queued', now: 1 }),
        events: [],
      })
      worker.say(id, 'The job was created.')
    }
    return Response.json(jobs.get(id)?.job)
  }

  function checkpointOf({ id, model }: FineTuningJob) {
    return {
      id: `ftckpt-${id.slice(6, 14)}-00000002`,
      object: 'fine_tuning.job.checkpoint',
      created_at: 1,
      fine_tuning_job_id: id,
      fine_tuned_model_checkpoint: `${model}:ft-step2`,
      step_number: 2,
      metrics: { loss: 0.5 },
    }
  }

  /** As the worker tells it: the events, the job at each status, and no more once it is over. */
  function stream(
    held: { job: FineTuningJob; events: JobEvent[] },
    last: string | undefined,
    signal: RequestInit['signal'],
  ) {
    let number = held.events.findIndex(({ id }) => id === last) + 1
    let shown = ''
    let tell = () => {}
    const text = new ReadableStream<string>({
      start(controller) {
        tell = () => {
          for (const event of held.events.slice(number)) {
            controller.enqueue(`event: ${event.type}\nid: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`)
          }
          number = held.events.length
          if (held.job.status !== shown)
            controller.enqueue(`event: job\ndata: ${JSON.stringify(held.job)}\n\n`)
          shown = held.job.status
          if (!isOver(held.job.status)) return
          listeners.delete(tell)
          controller.close()
        }
        listeners.add(tell)
        tell()
      },
      cancel: () => void listeners.delete(tell),
    })
    signal?.addEventListener('abort', () => listeners.delete(tell))
    return new Response(text.pipeThrough(new TextEncoderStream()), {
      headers: { 'content-type': 'text/event-stream' },
    })
  }
}

function refuse(status: number, code: string, message: string, param?: string): Response {
  return Response.json(
    { error: { code, message, type: 'caller', ...(param !== undefined && { param }) } },
    { status },
  )
}
