import pLimit from 'p-limit'
import type { Effect } from '../../shared/protocol/governance.ts'
import type { MetaRubric } from '../../shared/protocol/rubric.ts'
import { isTransient, raised } from '../../shared/protocol/transient.ts'
import { effectOf, outcomeOf } from '../../shared/refine/measure/effect.ts'
import type { GoldenPair } from '../../shared/rubric/golden-pairs.ts'
import type { Call } from '../judging/call.ts'
import type { Counter } from '../judging/counter.ts'
import { LIMITS } from '../platform/limits.ts'

/**
 * What a new version does to golden pairs, judged here by both: nobody's figures are taken on trust. Each is judged by its
 * content and not by its number, so that pairs that were judged before are answered from the record and cost nothing: by
 * the old version when it was made, by the new one when the call is repeated. Throws the failure of a model that can't
 * be reached now.
 */
export async function goldenEffect(
  pairs: GoldenPair[],
  versions: { before: MetaRubric; after: MetaRubric },
  counter: Counter,
  call: Call,
  model: string | undefined,
): Promise<Effect> {
  const place = pLimit(LIMITS.judgmentsInFlight)
  const models = new Set<string | null>()

  async function judge({ prompt, responses, label }: GoldenPair, meta_rubric: MetaRubric) {
    const request = { prompt, responses, meta_rubric, ...(model && { model }) }
    const judgment = await place(() => counter.judge(request, call))
    if (judgment.error && isTransient(judgment.error.code)) throw raised(judgment.error)
    const winner = judgment.protocol === 'pointwise' ? null : judgment.winner
    models.add(judgment.model)
    return { outcome: outcomeOf(label, winner), judgment: judgment.id }
  }

  const judged = await Promise.all(
    pairs.map(async (pair) => {
      const [then, now] = await Promise.all([judge(pair, versions.before), judge(pair, versions.after)])
      return { pair: pair.id, label: pair.label, before: then, after: now }
    }),
  )
  return effectOf(judged, [...models].find((used) => used !== null) ?? null)
}
