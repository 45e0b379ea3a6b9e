import { canonicalJson } from '../../shared/identity/canonical-json.ts'
import { sha256 } from '../../shared/identity/hash.ts'
import { fullVersion } from '../../shared/protocol/governance.ts'
import { type MetaRubricLayer, metaRubric } from '../../shared/protocol/rubric.ts'
import type { LabelledPair } from '../../shared/refine/measure/pair.ts'
import { SHIPPED_LAYERS } from '../../shared/rubric/meta-rubrics.ts'
import { get, type Service } from '../client.ts'

/** A layer to refine, with the general layer that it extends and all that edits may borrow clauses from. */
export type Subject = { layer: MetaRubricLayer; base: MetaRubricLayer | null; library: MetaRubricLayer[] }

/** Fetches the layer of a name, or `name@version`. Throws a `Failure` where there is none. */
export async function fetchLayer(service: Service, reference: string): Promise<Subject> {
  const { name, version } = await get(
    service,
    `/v1/meta-rubrics/${encodeURIComponent(reference)}`,
    metaRubric,
  )
  const { layer } = await fetchVersion(service, name, version)
  const [baseName = '', baseVersion = ''] = layer.extends?.split('@') ?? []
  const base = layer.extends ? (await fetchVersion(service, baseName, Number(baseVersion))).layer : null
  return { layer, base, library: [...(base ? [base] : []), ...SHIPPED_LAYERS] }
}

function fetchVersion(service: Service, name: string, version: number) {
  return get(service, `/v1/meta-rubrics/${encodeURIComponent(name)}/versions/${version}`, fullVersion)
}

/** What a journal is good for: the same layer, pairs and judge, and the seed that holds some pairs out. */
export function journalKey(
  { layer, base }: Subject,
  pairs: LabelledPair[],
  fields: Record<string, unknown>,
  seed: number,
): Promise<string> {
  return sha256(canonicalJson(['refine', layer, base, pairs, fields, seed]))
}
