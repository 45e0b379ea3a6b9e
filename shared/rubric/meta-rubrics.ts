import { makeMetaRubric } from '../identity/id.ts'
import { PlumblineError } from '../protocol/error.ts'
import type { JudgmentRequest } from '../protocol/judgment.ts'
import { type MetaRubric, type MetaRubricLayer, metaRubricLayer } from '../protocol/rubric.ts'
import code from './layers/code.v1.json' with { type: 'json' }
import creativeWriting from './layers/creative-writing.v1.json' with { type: 'json' }
import factualQa from './layers/factual-qa.v1.json' with { type: 'json' }
import general from './layers/general.v1.json' with { type: 'json' }
import instructionFollowing from './layers/instruction-following.v1.json' with { type: 'json' }
import mathematics from './layers/mathematics.v1.json' with { type: 'json' }
import medicine from './layers/medicine.v1.json' with { type: 'json' }
import safety from './layers/safety.v1.json' with { type: 'json' }
import { nameOf } from './name.ts'

/** The data files, one a layer and version. A published version is never edited: its id would change. */
const FILES = [general, code, factualQa, mathematics, creativeWriting, safety, medicine, instructionFollowing]

/** The layers that ship with the service, general ones first. */
export const SHIPPED_LAYERS: MetaRubricLayer[] = FILES.map((file) => metaRubricLayer.parse(file))

let loaded: Promise<MetaRubric[]> | undefined

/** Every meta-rubric that ships with the service, layers put together, ids computed. Loaded once. */
export function metaRubrics(): Promise<MetaRubric[]> {
  loaded ??= assemble(SHIPPED_LAYERS)
  return loaded
}

/** Where meta-rubrics are looked up: those that ship, or an organisation's own beside them. */
export type Library = {
  /** The meta-rubric of `name@version`, or of `name` alone its newest version; null when there is none. */
  find(reference: string): Promise<MetaRubric | null>
  /** The newest version of every name. */
  newest(): Promise<MetaRubric[]>
}

/** The meta-rubrics that ship. */
export const SHIPPED: Library = {
  find: findMetaRubric,
  newest: async () => newestOf(await metaRubrics()),
}

/** The same among those that ship. */
export async function findMetaRubric(reference: string): Promise<MetaRubric | null> {
  const [name, version] = reference.split('@')
  const candidates = (await metaRubrics()).filter(
    (meta) => meta.name === name && (version === undefined || String(meta.version) === version),
  )
  return candidates.toSorted((a, b) => b.version - a.version)[0] ?? null
}

/** The meta-rubric of a name, `general` where none is given. Throws `meta_rubric_not_found` with the names that there are. */
export async function requireMetaRubric(reference = 'general', library = SHIPPED): Promise<MetaRubric> {
  const found = await library.find(reference)
  if (found) return found
  const known = (await library.newest()).map((meta) => `'${nameOf(meta)}'`).join(', ')
  const message = `No meta-rubric is called '${reference}': use one of ${known}, or "auto".`
  throw new PlumblineError('meta_rubric_not_found', message, { param: 'meta_rubric' })
}

/**
 * What a request's `meta_rubric` says: a meta-rubric, by name or by value, or several in `among` for the model to route
 * the prompt to, with "auto" the newest of every name. Throws `meta_rubric_not_found`.
 */
export async function metaRubricOf(
  given: JudgmentRequest['meta_rubric'],
  library = SHIPPED,
): Promise<{ metaRubric: MetaRubric; among?: MetaRubric[] }> {
  if (given === 'auto')
    return { metaRubric: await requireMetaRubric('general', library), among: await library.newest() }
  if (typeof given !== 'object') return { metaRubric: await requireMetaRubric(given, library) }
  if (!Array.isArray(given)) return { metaRubric: await makeMetaRubric(given) }
  const among = await Promise.all(given.map(makeMetaRubric))
  const general = among.find((meta) => meta.extends === null)
  if (general) return { metaRubric: general, among }
  const message = 'None of the meta-rubrics is a general one: send the one that stands for no domain too.'
  throw new PlumblineError('meta_rubric_not_found', message, { param: 'meta_rubric' })
}

/** The newest version of every name, in the order of `all`. */
export function newestOf(all: MetaRubric[]): MetaRubric[] {
  const newer = (one: MetaRubric, other: MetaRubric) => other.name === one.name && other.version > one.version
  return all.filter((one) => !all.some((other) => newer(one, other)))
}

/**
 * Puts each domain layer on the general layer that it extends: the general principles and fatal clauses stay,
 * the domain's pool replaces the general pool (OpenRS overlays the candidate pool only, systems.md 3.3).
 */
export function assemble(layers: MetaRubricLayer[]): Promise<MetaRubric[]> {
  return Promise.all(
    layers.map(async (layer) => {
      const base = layer.extends ? layers.find((other) => nameOf(other) === layer.extends) : layer
      if (!base)
        throw new Error(`Meta-rubric ${nameOf(layer)} extends ${layer.extends}, which does not exist.`)
      const clauses = [...base.fatal, ...layer.pool]
      if (clauses.length === 0) throw new Error(`Meta-rubric ${nameOf(layer)} has no clause.`)
      const repeated = clauses.find(
        (clause, index) => clauses.findIndex(({ id }) => id === clause.id) !== index,
      )
      if (repeated)
        throw new Error(`Meta-rubric ${nameOf(layer)} has two clauses with the id '${repeated.id}'.`)
      return makeMetaRubric({
        name: layer.name,
        version: layer.version,
        language: layer.language,
        extends: layer.extends ?? null,
        title: layer.title,
        description: layer.description,
        principles: base.principles,
        clauses,
      })
    }),
  )
}
