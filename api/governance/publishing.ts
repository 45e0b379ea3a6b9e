import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import type {
  Decision,
  Effect,
  FullVersion,
  PublishRequest,
  RollbackRequest,
} from '../../shared/protocol/governance.ts'
import { type MetaRubricLayer, metaRubricLayer } from '../../shared/protocol/rubric.ts'
import { candidateOf, layerHash } from '../../shared/refine/edits/edit.ts'
import { passageOf } from '../../shared/refine/measure/gate.ts'
import type { GoldenPair } from '../../shared/rubric/golden-pairs.ts'
import { lintLayer, requireSoundLayer } from '../../shared/rubric/lint.ts'
import type { Call } from '../judging/call.ts'
import type { Counter } from '../judging/counter.ts'
import type { Filed, StoredVersion } from '../platform/desk/shelf.ts'
import type { Platform } from '../platform/platform.ts'
import { goldenEffect } from './golden-effect.ts'
import type { MetaRubrics } from './meta-rubrics.ts'
import { alreadyDecided, noSuchMetaRubric, outdated, unjudged, unsound, worsens } from './refusals.ts'

/** A version that is asked for, and whether this call made it. */
export type Published = { version: FullVersion; made: boolean }

type Given = { layer: object; golden: GoldenPair[] | undefined }

/** What a new version is to be made of, and the model that judges its golden pairs. */
export type Draft = Given & { model: string | undefined }

/** A draft that passed lint and gate, with the version that it follows. */
export type Sound = {
  layer: MetaRubricLayer
  golden: GoldenPair[]
  effect: Effect | null
}

export type Publishing = {
  /** A layer as the next version of its name. Throws the refusals of lint, gate and a base that is outdated. */
  publish(request: PublishRequest, call: Call): Promise<Published>
  /** An old version's content as the newest one. No lint and no gate: it passed them once. */
  rollback(name: string, request: RollbackRequest, call: Call): Promise<Published>
  /** Holds a draft, as the next version of its name, against lint and golden pairs. */
  check(draft: Draft, name: string, newest: FullVersion | null, call: Call): Promise<Sound>
  /** Files a version after `newest`. */
  file(sound: Sound, rest: Rest, call: Call): Promise<Filed>
}

type Rest = {
  by: string | undefined
  note: string | undefined
  lineage: StoredVersion['lineage']
  accepts?: { id: string; decision: Decision }
}

/** A name that `name@version`, "auto" and a URL can hold. */
const NAME = /^(?!auto$)[a-z0-9][a-z0-9._-]{0,63}$/i

/** Makes versions of meta-rubrics. Each is one transaction of the shelf, and a call that is repeated makes no second one. */
export function createPublishing(
  { shelf, now }: Platform,
  metaRubrics: MetaRubrics,
  counter: Counter,
): Publishing {
  async function check(draft: Draft, name: string, newest: FullVersion | null, call: Call): Promise<Sound> {
    const base = await metaRubrics.baseOf(call.organisation, draft.layer)
    const known = base ? [base] : []
    const numbered = { ...draft.layer, version: (newest?.version ?? 0) + 1 }
    const faults = lintLayer(numbered, known)
    if (!NAME.test(name)) {
      const expected = '1 to 64 letters, digits and . _ -, other than "auto"'
      faults.unshift({
        rule: 'schema',
        clause: null,
        field: 'name',
        expected,
        received: JSON.stringify(name),
      })
    }
    if (faults.length > 0) throw unsound(faults)
    const layer = requireSoundLayer(numbered, known)
    const golden = draft.golden ?? newest?.golden ?? []
    if (newest === null) return { layer, golden, effect: null }
    // Those that are in force hold for this version too, so that nobody passes by leaving one out.
    const mended = new Set(golden.map(({ id }) => id))
    const pairs = [...golden, ...newest.golden.filter(({ id }) => !mended.has(id))]
    const [before, after] = await Promise.all([
      candidateOf(newest.layer, await metaRubrics.baseOf(call.organisation, newest.layer)),
      candidateOf(layer, base),
    ])
    const versions = { before, after }
    const effect = await goldenEffect(pairs, versions, counter, call, draft.model)
    const passage = passageOf(effect)
    if (passage === 'worsened') throw worsens(effect)
    if (passage === 'unjudged') throw unjudged(effect)
    return { layer, golden, effect }
  }

  function file(sound: Sound, { by, note, lineage, accepts }: Rest, call: Call): Promise<Filed> {
    const created = Math.floor(now() / 1000)
    const version = { ...sound, created, by: by ?? call.apiKey, note: note ?? null, lineage }
    const filing = { version, accepts: accepts ?? null, repeat: call.idempotencyKey }
    return metaRubrics.file(call.organisation, filing)
  }

  async function fileOrThrow(sound: Sound, rest: Rest, call: Call): Promise<Published> {
    const filed = await file(sound, rest, call)
    const { name, version } = sound.layer
    if (filed.outcome === 'stale') throw outdated(name, version - 1, filed.newest)
    if (filed.outcome === 'decided') throw alreadyDecided(filed.proposal)
    return { version: await metaRubrics.full(call.organisation, filed.version), made: true }
  }

  async function repeated({ organisation, idempotencyKey }: Call): Promise<Published | null> {
    const before = idempotencyKey === null ? null : await shelf.repeated(organisation, idempotencyKey)
    return before && { version: await metaRubrics.full(organisation, before), made: false }
  }

  return {
    check,
    file,

    async publish({ layer, base, golden, model, by, note }, call) {
      const before = await repeated(call)
      if (before) return before
      const newest = await metaRubrics.version(call.organisation, layer.name)
      if (newest && (await saysTheSame(newest, { layer, golden }))) return { version: newest, made: false }
      if (base !== undefined && base !== (newest?.version ?? 0)) {
        throw newest ? outdated(layer.name, base, newest.version) : noSuchMetaRubric(layer.name)
      }
      const sound = await check({ layer, golden, model }, layer.name, newest, call)
      const lineage = { parent: newest?.version ?? null, proposal: null, restores: null }
      return fileOrThrow(sound, { by, note, lineage }, call)
    },

    async rollback(name, { version, by, note }, call) {
      const before = await repeated(call)
      if (before) return before
      const [old, newest] = await Promise.all([
        metaRubrics.version(call.organisation, name, version),
        metaRubrics.version(call.organisation, name),
      ])
      if (!newest) throw noSuchMetaRubric(name)
      if (!old) throw noSuchMetaRubric(name, version)
      if (await saysTheSame(newest, old)) return { version: newest, made: false }
      const layer = { ...old.layer, version: newest.version + 1 }
      const lineage = { parent: newest.version, proposal: null, restores: version }
      return fileOrThrow({ layer, golden: old.golden, effect: null }, { by, note, lineage }, call)
    },
  }
}

async function saysTheSame({ layer, golden }: FullVersion, given: Given): Promise<boolean> {
  const parsed = metaRubricLayer.safeParse({ ...given.layer, version: 1 })
  if (!parsed.success || (await layerHash(parsed.data)) !== (await layerHash(layer))) return false
  return given.golden === undefined || canonicalJson(given.golden) === canonicalJson(golden)
}
