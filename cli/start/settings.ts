import type * as z from 'zod'
import { keyOf } from '../../api/models/model-config.ts'
import { type Environment, readConfig } from '../../api/platform/config.ts'
import type { ModelInfo } from '../../gpu-worker/generate/engine.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import {
  type Instantiation,
  instantiation,
  type VerdictMethod,
  verdictMethod,
} from '../../shared/protocol/model-entry.ts'
import { readTraceSettings, TRACE_VARIABLES } from '../../shared/telemetry/settings.ts'
import type { SandboxLanguage } from '../../shared/verify/sandbox.ts'
import { secretOf } from './secret.ts'

type Variables = Readonly<Record<string, string | undefined>>
export type StartOptions = { port: number; worker: boolean; model?: string }

export type Settings = {
  /** What the edge is given when no worker of ours is beside it. */
  variables: Record<string, string>
  /** Whether to start a worker: unless the user said no or named models of their own. */
  worker: boolean
  /** Whether callers need a key. */
  keys: boolean
  /** The languages that the worker runs programs of: it can end one that does not stop, which workerd can't. */
  sandbox: SandboxLanguage[]
  /** How the worker's model judges: part of every key, so the edge has to know. */
  methods: { instantiate: Instantiation; verdicts: VerdictMethod }
}

/** What the edge is given, from the environment. Throws a sentence that names the value that is wrong. */
export async function readSettings(environment: Variables, options: StartOptions): Promise<Settings> {
  const own = (environment.PLUMBLINE_MODELS || '[]').trim() !== '[]'
  if (own && options.model !== undefined) {
    throw new PlumblineError(
      'not_configured',
      'PLUMBLINE_MODELS is set, so no worker is started and --model has no use: leave one of them out.',
    )
  }
  const secret = await secretOf(environment)
  const lookup: Environment = (name) =>
    name === 'PLUMBLINE_SECRET' ? secret : environment[name] || undefined
  const local = options.worker && !own
  const config = readConfig((name) =>
    local && name === 'PLUMBLINE_DEFAULT_MODEL' ? undefined : lookup(name),
  )
  for (const entry of config.models.entries) await keyOf(entry, lookup)
  readTraceSettings(lookup, 'plumbline')
  const keyNames = config.models.entries.flatMap(({ key }) => (key === undefined ? [] : [key]))
  const passed = [
    'PLUMBLINE_MODELS',
    'PLUMBLINE_MODEL_ALIASES',
    'PLUMBLINE_API_KEYS',
    'PLUMBLINE_SERVICE_ORGANISATIONS',
    'PLUMBLINE_METRICS_KEY',
    'PLUMBLINE_ISOLATE_PROGRAMS',
    ...TRACE_VARIABLES,
    ...(local ? [] : ['PLUMBLINE_DEFAULT_MODEL']),
    ...keyNames,
  ]
  const given = passed.map((name) => [name, lookup(name) ?? ''])
  return {
    variables: {
      ...Object.fromEntries(given),
      PLUMBLINE_SECRET: secret,
      PLUMBLINE_OPEN: config.keys.length === 0 ? '1' : '0',
    },
    worker: local,
    keys: config.keys.length > 0,
    sandbox: environment.PLUMBLINE_PYTHON ? ['javascript', 'python'] : ['javascript'],
    methods: {
      instantiate: readMethod(environment, 'PLUMBLINE_WORKER_INSTANTIATE', instantiation, 'select'),
      verdicts: readMethod(environment, 'PLUMBLINE_WORKER_VERDICTS', verdictMethod, 'choose'),
    },
  }
}

function readMethod<Method extends string>(
  environment: Variables,
  name: string,
  methods: z.ZodType<Method> & { options: Method[] },
  standard: Method,
): Method {
  const read = methods.safeParse(environment[name] || standard)
  if (read.success) return read.data
  const names = methods.options.join(' or ')
  throw new PlumblineError('not_configured', `${name} is '${environment[name]}': set it to ${names}.`)
}

/**
 * The models of an edge with our worker beside it: one, which judges there. Its name and digest come last; until then the
 * edge is not ready, since it starts anew with them.
 */
export function withWorker(settings: Settings, workerUrl: string, model?: ModelInfo): Record<string, string> {
  const entry = {
    id: model?.id ?? 'smollm2-135m-instruct',
    base_url: `${workerUrl}/v1`,
    model: model?.id ?? 'smollm2-135m-instruct',
    ...(model && { revision: model.digest, context: model.context }),
    judges: 'there',
    ...settings.methods,
    sandbox: settings.sandbox,
    timeout_ms: 300_000,
  }
  const loading: Record<string, string> = model ? {} : { PLUMBLINE_LOADING: '1' }
  return { ...settings.variables, ...loading, PLUMBLINE_MODELS: JSON.stringify([entry]) }
}
