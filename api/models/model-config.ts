import { LRUCache } from 'lru-cache'
import { workerKey } from '../../shared/identity/worker-key.ts'
import { PlumblineError } from '../../shared/protocol/error.ts'
import { type JudgeName, parseJudgeName } from '../../shared/protocol/judge-name.ts'
import {
  type CascadeEntry,
  cascadeEntry,
  type ModelEntry,
  modelEntry,
} from '../../shared/protocol/model-entry.ts'
import { explain } from '../../shared/protocol/parse.ts'
import { type ModelAlias, parseAliases, withoutAlias } from './model-aliases.ts'

/** The models that the service may use. Parse once: an entry's `max_concurrent` belongs to the object. */
export type Models = {
  entries: readonly ModelEntry[]
  cascades: readonly CascadeEntry[]
  defaultId: string | null
  /** Names that callers of the OpenAI and Anthropic surfaces may use besides. */
  aliases: readonly ModelAlias[]
}

type Variables = {
  PLUMBLINE_MODELS?: string | undefined
  PLUMBLINE_DEFAULT_MODEL?: string | undefined
  PLUMBLINE_MODEL_ALIASES?: string | undefined
}

/**
 * Reads `PLUMBLINE_MODELS`, `PLUMBLINE_DEFAULT_MODEL` and `PLUMBLINE_MODEL_ALIASES`; unset or empty means none. A wrong value throws
 * `not_configured` with one sentence that names the variable, the entry and the field.
 */
export function parseModels(variables: Variables): Models {
  const read = readArray(variables.PLUMBLINE_MODELS || '[]').map(readEntry)
  const entries = read.filter((entry): entry is ModelEntry => !('cascade' in entry))
  const cascades = read.filter((entry): entry is CascadeEntry => 'cascade' in entry)
  const ids = new Set<string>()
  for (const { id } of read) {
    if (ids.has(id)) throw wrong(`PLUMBLINE_MODELS has two entries with the id '${id}': rename one.`)
    if (parseJudgeName(id))
      throw wrong(`PLUMBLINE_MODELS has an entry '${id}', the name of a judge: rename it.`)
    ids.add(id)
  }
  for (const { id, cascade } of cascades) {
    const missing = cascade.find((model) => !entries.some((entry) => entry.id === model))
    if (missing === undefined) continue
    throw wrong(`The cascade '${id}' of PLUMBLINE_MODELS names '${missing}': ${known(entries)}.`)
  }
  const defaultId = variables.PLUMBLINE_DEFAULT_MODEL || null
  if (defaultId !== null && !ids.has(defaultId)) {
    throw wrong(
      `PLUMBLINE_DEFAULT_MODEL is '${defaultId}', which no entry of PLUMBLINE_MODELS has as its id: ${known(entries)}.`,
    )
  }
  const models = { entries, cascades, defaultId, aliases: [] }
  // a start with a worker learns the id of its one entry later
  const isKnown = (target: string) => read.length === 0 || ids.has(target) || isNamed(models, target)
  return { ...models, aliases: parseAliases(variables.PLUMBLINE_MODEL_ALIASES || '{}', isKnown) }
}

const isNamed = (models: Models, name: string): boolean =>
  parseJudgeName(name) !== null || fineTunedName(models, name) !== null

/** Who answers a chat: a judge by its name, or the model with the id that this is. */
export type Answerer = { judge: JudgeName } | { model: string | undefined }

/** Whom a caller of the OpenAI or Anthropic surface means: an entry's own id goes before any alias. */
export function findAnswerer(models: Models, asked: string | undefined): Answerer {
  if (asked === undefined) return { model: undefined }
  const own = models.entries.some(({ id }) => id === asked) || isNamed(models, asked)
  const name = own ? asked : withoutAlias(models.aliases, asked)
  const judge = parseJudgeName(name)
  return judge ? { judge } : { model: name }
}

/**
 * The entry with this id, or the one of what a job trained at its worker; without an id the default, which is the first unless `PLUMBLINE_DEFAULT_MODEL` says
 * otherwise. Throws `model_not_found`, or `not_configured` when there is no model at all.
 */
export function findEntry(models: Models, id: string | undefined): ModelEntry {
  const [first] = models.entries
  if (first === undefined) {
    throw wrong('No model is configured: set PLUMBLINE_MODELS, or start a worker with `plumbline start`.')
  }
  const wanted = id ?? models.defaultId ?? first.id
  const entry = models.entries.find((candidate) => candidate.id === wanted)
  if (entry) return entry
  const named = fineTunedName(models, wanted)
  if (named) return fineTunedEntry(named)
  if (models.cascades.some(({ id }) => id === wanted)) {
    const message = `'${wanted}' is a cascade, which judges pairs and nothing else: ${known(models.entries)}.`
    throw new PlumblineError('model_not_found', message, { param: 'model' })
  }
  throw noSuchModel(models, wanted)
}

export function noSuchModel({ entries }: Models, id: string): PlumblineError {
  return new PlumblineError('model_not_found', `No model is called '${id}': ${known(entries)}.`, {
    param: 'model',
  })
}

/** An adapter that a job trained at a worker, and the entry of that worker. */
export type FineTunedName = { base: ModelEntry; adapter: string }

/** What `entry:ft-...` names; null where it is no such name. */
export function fineTunedName({ entries }: Models, id: string | undefined): FineTunedName | null {
  const [, baseId, adapter] = /^(.+):(ft-[A-Za-z0-9._-]+)$/.exec(id ?? '') ?? []
  const base = entries.find((entry) => entry.id === baseId && entry.judges === 'there')
  return base && adapter !== undefined ? { base, adapter } : null
}

const fineTuned = new WeakMap<ModelEntry, LRUCache<string, ModelEntry>>()
/** Adapters of one entry that are remembered. */
const ADAPTERS = 64

/** One entry an adapter: `max_concurrent` belongs to the object. What was fitted on the base model is left out. */
function fineTunedEntry({ base, adapter }: FineTunedName): ModelEntry {
  const made = fineTuned.get(base) ?? new LRUCache<string, ModelEntry>({ max: ADAPTERS })
  fineTuned.set(base, made)
  const { calibration: _, ...rest } = base
  const entry = made.get(adapter) ?? {
    ...rest,
    id: `${base.id}:${adapter}`,
    model: `${base.model}:${adapter}`,
  }
  made.set(adapter, entry)
  return entry
}

/** The cascade that a request names, or that is the default; null where it names a model. */
export function findCascade({ cascades, defaultId }: Models, id: string | undefined): CascadeEntry | null {
  return cascades.find((cascade) => cascade.id === (id ?? defaultId)) ?? null
}

/** What a model's answers depend on, for keys: its name, its declared revision and how it is made to judge. */
export function modelIdentity(entry: ModelEntry): string {
  const name = entry.revision === undefined ? entry.model : `${entry.model}@${entry.revision}`
  return `${name} ${entry.instantiate}/${entry.verdicts}`
}

/** The base URLs of an entry in the order in which they are tried, without a slash at the end. */
export function baseUrls(entry: ModelEntry): string[] {
  return (entry.base_urls ?? [entry.base_url ?? '']).map((url) => url.replace(/\/+$/, ''))
}

/**
 * The key that an entry names. A worker (`judges: "there"`) without one gets the key that it derives from
 * `PLUMBLINE_SECRET` itself. Throws `not_configured` when the secret is not set.
 */
export async function keyOf(
  entry: ModelEntry,
  environment: (name: string) => string | undefined,
): Promise<string | null> {
  if (entry.key !== undefined) {
    const key = environment(entry.key)
    if (key) return key
    throw wrong(`Model '${entry.id}' needs the secret ${entry.key}, which is not set.`)
  }
  const secret = entry.judges === 'there' ? environment('PLUMBLINE_SECRET') : undefined
  return secret ? await workerKey(secret) : null
}

function readArray(text: string): unknown[] {
  const value = readJson(text)
  if (Array.isArray(value)) return value
  throw wrong('PLUMBLINE_MODELS must be a JSON array of model entries.')
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readEntry(value: unknown, index: number): ModelEntry | CascadeEntry {
  const isCascade = typeof value === 'object' && value !== null && 'cascade' in value
  const parsed = isCascade ? cascadeEntry.safeParse(value) : modelEntry.safeParse(value)
  if (parsed.success) return parsed.data
  const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined
  const entry = `entry ${index + 1}${typeof id === 'string' ? ` ('${id}')` : ''}`
  throw wrong(`PLUMBLINE_MODELS, ${entry}: ${explain(parsed.error).message.replace(/^The body/, 'it')}`)
}

function known(entries: readonly ModelEntry[]): string {
  return entries.length === 0 ? 'there is none' : `use ${entries.map(({ id }) => `'${id}'`).join(' or ')}`
}

function wrong(sentence: string): PlumblineError {
  return new PlumblineError('not_configured', sentence)
}
