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
import type { Filed, Filing, StoredVersion } from '../platform/desk/shelf.ts'
import type { Platform } from '../platform/platform.ts'
import { createNewest, type Numbers } from './newest.ts'

/** The meta-rubrics of an organisation: those that ship, and its own versions beside them. */
export type MetaRubrics = {
  /** What a request's `meta_rubric` says, by versions that were the newest a moment ago; see `metaRubricOf`. */
  resolve(organisation: string, given: JudgmentRequest['meta_rubric']): ReturnType<typeof metaRubricOf>
  /** The same as a reference that goes on meaning what it means now. */
  pin(
    organisation: string,
    given: JudgmentRequest['meta_rubric'],
  ): Promise<NonNullable<JudgmentRequest['meta_rubric']>>
  /** Where the organisation's are looked up by name, as they are now. */
  library(organisation: string): Library
  /** Changes whenever what `resolve` takes for the newest version of a name does. */
  stamp(organisation: string): Promise<string>
  /** The newest version of every name. */
  newest(organisation: string): Promise<FullVersion[]>
  /** A version, or the newest of the name; null where there is none. */
  version(organisation: string, name: string, version?: number): Promise<FullVersion | null>
  /** Every version of a name, oldest first; none where nothing has the name. */
  versions(organisation: string, name: string): Promise<FullVersion[]>
  /** The layer that another extends, if there is such a one. */
  baseOf(organisation: string, layer: { extends?: unknown }): Promise<MetaRubricLayer | null>
  /** Files a version. */
  file(organisation: string, filing: Filing): Promise<Filed>
  /** A stored version with its layers put together. */
  full(organisation: string, stored: StoredVersion): Promise<FullVersion>
}

const KEPT = 500

/** True where a request always means the same meta-rubric, whatever is filed later. */
export function isPinned(given: JudgmentRequest['meta_rubric']): boolean {
  return typeof given === 'object' || (given?.includes('@') ?? false)
}

/** Versions never change under their name, so what was read once is kept; which is the newest is kept for a moment. */
export function createMetaRubrics(platform: Pick<Platform, 'shelf' | 'now'>): MetaRubrics {
  const { shelf } = platform
  const latest = createNewest(platform)
  const kept = new LRUCache<string, FullVersion>({ max: KEPT })

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
    const base = await baseOf(organisation, layer)
    const [meta] = await assemble(base ? [layer, base] : [layer])
    if (!meta) throw new Error(`${nameOf(layer)} could not be put together.`)
    return { ...headOf(meta), shipped: false, ...rest, meta_rubric: meta, layer, golden }
  }

  async function baseOf(organisation: string, layer: { extends?: unknown }): Promise<MetaRubricLayer | null> {
    const { name, version } = parseReference(String(layer.extends ?? ''))
    return version === undefined ? null : ((await read(organisation, name, version))?.layer ?? null)
  }

  async function version(organisation: string, name: string, given?: number): Promise<FullVersion | null> {
    const number = given ?? withShipped(await latest.read(organisation)).get(name)
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

  async function readAll(organisation: string, numbers: Numbers): Promise<FullVersion[]> {
    const found = await Promise.all(
      [...withShipped(numbers)].map(([name, number]) => read(organisation, name, number)),
    )
    return found.filter((one) => one !== null)
  }

  function libraryOf(organisation: string, numbers: (organisation: string) => Promise<Numbers>): Library {
    return {
      async find(reference) {
        const { name, version } = parseReference(reference)
        const number = version ?? withShipped(await numbers(organisation)).get(name)
        const found = number === undefined ? null : await read(organisation, name, number)
        return found?.meta_rubric ?? null
      },
      async newest() {
        const all = await readAll(organisation, await numbers(organisation))
        return all.map(({ meta_rubric }) => meta_rubric)
      },
    }
  }

  const forJudging = (organisation: string) => libraryOf(organisation, latest.recent)

  return {
    resolve: (organisation, given) => metaRubricOf(given, forJudging(organisation)),
    async pin(organisation, given) {
      if (given !== undefined && isPinned(given)) return given
      const { metaRubric, among } = await metaRubricOf(given, forJudging(organisation))
      return among ?? nameOf(metaRubric)
    },
    stamp: async (organisation) => JSON.stringify(await latest.recent(organisation)),
    library: (organisation) => libraryOf(organisation, latest.read),
    newest: async (organisation) => readAll(organisation, await latest.read(organisation)),
    version,
    versions,
    full,
    baseOf,
    async file(organisation, filing) {
      const filed = await shelf.file(organisation, filing)
      latest.forget(organisation)
      return filed
    },
  }
}

/** The newest version of every name, those that ship among them. */
function withShipped(own: Numbers): Map<string, number> {
  const newest = new Map<string, number>()
  for (const { name, version } of [...SHIPPED_LAYERS, ...own]) {
    newest.set(name, Math.max(version, newest.get(name) ?? 0))
  }
  return newest
}

/** `name` or `name@version`. A version that is not written as a number is taken for a part of the name. */
function parseReference(reference: string): { name: string; version?: number } {
  const [, name = reference, version] = /^(.*)@([1-9]\d{0,8})$/.exec(reference) ?? []
  return version === undefined ? { name } : { name, version: Number(version) }
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
