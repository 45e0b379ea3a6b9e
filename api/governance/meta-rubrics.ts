import { LRUCache } from 'lru-cache'
import type { FullVersion, MetaRubricVersion } from '../../shared/protocol/governance.ts'
import type { JudgmentRequest } from '../../shared/protocol/judgment.ts'
import type { MetaRubric, MetaRubricLayer } from '../../shared/protocol/rubric.ts'
import { goldenPairs } from '../../shared/rubric/golden-pairs.ts'
import {
  assemble,
  findMetaRubric,
  type Library,
  metaRubricOf,
  SHIPPED_LAYERS,
} from '../../shared/rubric/meta-rubrics.ts'
import { nameOf } from '../../shared/rubric/name.ts'
import type { StoredVersion } from '../platform/desk/shelf.ts'
import type { Platform } from '../platform/platform.ts'

/** The meta-rubrics of an organisation: those that ship, and its own versions beside them. */
export type MetaRubrics = {
  /** What a request's `meta_rubric` says; see `metaRubricOf`. */
  resolve(organisation: string, given: JudgmentRequest['meta_rubric']): ReturnType<typeof metaRubricOf>
  /** The same as a reference that goes on meaning what it means now. */
  pin(
    organisation: string,
    given: JudgmentRequest['meta_rubric'],
  ): Promise<NonNullable<JudgmentRequest['meta_rubric']>>
  /** Where the organisation's are looked up by name. */
  library(organisation: string): Library
  /** Changes whenever the newest version of a name does. Read from the shelf, never from a cache. */
  stamp(organisation: string): Promise<string>
  /** The newest version of every name. */
  newest(organisation: string): Promise<FullVersion[]>
  /** A version, or the newest of the name; null where there is none. */
  version(organisation: string, name: string, version?: number): Promise<FullVersion | null>
  /** Every version of a name, oldest first; none where nothing has the name. */
  versions(organisation: string, name: string): Promise<FullVersion[]>
  /** Every layer that another may extend. */
  layers(organisation: string): Promise<MetaRubricLayer[]>
  /** A stored version with its layers put together. */
  full(organisation: string, stored: StoredVersion): Promise<FullVersion>
}

const KEPT = 500

/** True where a request always means the same meta-rubric, whatever is filed later. */
export function isPinned(given: JudgmentRequest['meta_rubric']): boolean {
  return typeof given === 'object' || (given?.includes('@') ?? false)
}

/** Versions never change under their name, so what was read once is kept; which is the newest never is. */
export function createMetaRubrics({ shelf }: Platform): MetaRubrics {
  const kept = new LRUCache<string, FullVersion>({ max: KEPT })

  async function numbers(organisation: string): Promise<Map<string, number>> {
    const newest = new Map<string, number>()
    for (const { name, version } of [...SHIPPED_LAYERS, ...(await shelf.newest(organisation))]) {
      newest.set(name, Math.max(version, newest.get(name) ?? 0))
    }
    return newest
  }

  /** An organisation's own version goes before one that ships under the same number later. */
  async function read(organisation: string, name: string, version: number): Promise<FullVersion | null> {
    const place = `${organisation} ${name}@${version}`
    const known = kept.get(place)
    if (known) return known
    const stored = await shelf.version(organisation, name, version)
    const found = stored ? await full(organisation, stored) : await shipped(name, version)
    if (found) kept.set(place, found)
    return found
  }

  async function full(organisation: string, stored: StoredVersion): Promise<FullVersion> {
    const { layer, golden, ...rest } = stored
    const [name = '', version = ''] = layer.extends?.split('@') ?? []
    const base = layer.extends ? await read(organisation, name, Number(version)) : null
    const [meta] = (await assemble(base ? [layer, base.layer] : [layer])).slice(0, 1)
    if (!meta) throw new Error(`${nameOf(layer)} could not be put together.`)
    return { ...headOf(meta), shipped: false, ...rest, meta_rubric: meta, layer, golden }
  }

  async function version(organisation: string, name: string, given?: number): Promise<FullVersion | null> {
    const number = given ?? (await numbers(organisation)).get(name)
    return number === undefined ? null : read(organisation, name, number)
  }

  async function versions(organisation: string, name: string): Promise<FullVersion[]> {
    const own = await shelf.versions(organisation, name)
    const taken = new Set(own.map(({ layer }) => layer.version))
    const ships = SHIPPED_LAYERS.filter((layer) => layer.name === name && !taken.has(layer.version))
    const all = [
      ...(await Promise.all(ships.map((layer) => shipped(name, layer.version)))),
      ...(await Promise.all(own.map((stored) => full(organisation, stored)))),
    ]
    return all.filter((one) => one !== null).toSorted((a, b) => a.version - b.version)
  }

  async function newest(organisation: string): Promise<FullVersion[]> {
    const all = await numbers(organisation)
    const found = await Promise.all([...all].map(([name, number]) => read(organisation, name, number)))
    return found.filter((one) => one !== null)
  }

  function library(organisation: string): Library {
    return {
      async find(reference) {
        const [name = '', number] = reference.split('@')
        const found = await version(organisation, name, number === undefined ? undefined : Number(number))
        return found?.meta_rubric ?? null
      },
      newest: async () => (await newest(organisation)).map(({ meta_rubric }) => meta_rubric),
    }
  }

  return {
    resolve: (organisation, given) => metaRubricOf(given, library(organisation)),
    async pin(organisation, given) {
      if (given !== undefined && isPinned(given)) return given
      const { metaRubric, among } = await metaRubricOf(given, library(organisation))
      return among ?? nameOf(metaRubric)
    },
    library,
    stamp: async (organisation) => JSON.stringify(await shelf.newest(organisation)),
    newest,
    version,
    versions,
    full,
    async layers(organisation) {
      const names = (await shelf.newest(organisation)).map(({ name }) => name)
      const own = await Promise.all(names.map((name) => shelf.versions(organisation, name)))
      return [...own.flat().map(({ layer }) => layer), ...SHIPPED_LAYERS]
    },
  }
}

async function shipped(name: string, version: number): Promise<FullVersion | null> {
  const layer = SHIPPED_LAYERS.find((one) => one.name === name && one.version === version)
  const meta = await findMetaRubric(`${name}@${version}`)
  if (!layer || !meta) return null
  const lineage = { parent: null, proposal: null, restores: null }
  const unwritten = { created: null, by: null, note: null, lineage, effect: null }
  return { ...headOf(meta), shipped: true, ...unwritten, meta_rubric: meta, layer, golden: goldenPairs(name) }
}

function headOf({
  id,
  name,
  version,
}: MetaRubric): Pick<MetaRubricVersion, 'object' | 'id' | 'name' | 'version'> {
  return { object: 'meta_rubric.version', id, name, version }
}
